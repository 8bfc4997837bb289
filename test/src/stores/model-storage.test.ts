import t from 'tap';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { connect } from '#src/stores/mongodb/connect.js';
import { HeadDocument } from '#src/stores/mongodb/head.js';
import { type ModelsPlace } from '#src/engine/read-models/place.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { append } from '../../contract/read-models/fixture.js';
import { mongodb, mongodbMissing } from '../../fixtures/ferretdb.js';
import { required } from '../../fixtures/requirement.js';
import { submitted } from '../../projections/events.js';
import { openModelStorage, openModelView } from '#src/stores/model-storage.js';

const missing = mongodbMissing();

async function fill(place: ModelsPlace): Promise<void> {
  const store = createMemoryEventStore();
  await append(store, [submitted('j')]);
  const storage = (await openModelStorage(place, { store, projections: PROJECTIONS }))!;
  await new ReadModelEngine({ ...FOLDS, store, storage }).run();
  await storage.close();
}

const sqlite = (directory: string): ModelsPlace => ({ kind: 'sqlite', directory });

void t.test('stores, views and discards models in a file and in MongoDB', async (t) => {
  const places = [sqlite(t.testdir())];
  if (required(t, missing === undefined, missing ?? ''))
    places.push({ kind: 'mongodb', url: (await mongodb(t)).url });
  const log = { store: createMemoryEventStore(), projections: PROJECTIONS };
  for (const place of places) {
    await fill(place);
    const { view, moves } = await openModelView(place);
    t.equal((await view.generations()).length, PROJECTIONS.length);
    t.equal(moves, place.kind === 'mongodb');
    await view.close();
    for (const [options, left] of [
      [{}, PROJECTIONS.length],
      [{ discard: false }, PROJECTIONS.length],
      [{ discard: true }, 0],
    ] as const) {
      const storage = (await openModelStorage(place, { ...log, ...options }))!;
      t.equal((await storage.generations()).length, left, place.kind);
      await storage.close();
    }
  }
});

void t.test("records the projector's owner in MongoDB's lease, if there is one", async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { url } = await mongodb(t);
  const { client, db } = connect(url, { socketTimeoutMS: 10_000 });
  t.teardown(() => client.close());
  for (const owner of ['this-server', undefined]) {
    const storage = (await openModelStorage(
      { kind: 'mongodb', url, ...(owner !== undefined && { owner }) },
      { store: createMemoryEventStore(), projections: PROJECTIONS },
    ))!;
    const head = await new HeadDocument({ db }).read();
    t.match(head?.holder, owner === undefined ? /@$/ : /@this-server$/);
    await storage.close();
  }
});
