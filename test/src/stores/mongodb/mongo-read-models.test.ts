import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { openMongoReadModels } from '#src/stores/mongodb/mongo-read-models.js';
import { openMongoStorage } from '#src/stores/mongodb/open.js';
import { readModelsContract } from '../../../contract/read-models.js';
import type { ReadModelsPlace } from '../../../contract/read-models/fixture.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append, runEngine } from '../../../contract/read-models/fixture.js';
import { place, placed, submitted } from '../../../projections/events.js';
import { required } from '../../../fixtures/requirement.js';

const missing = mongodbMissing();
// Each test creates every index of every model, and each surface adds more.
t.setTimeout(600_000);

void t.test('satisfies the read model contract in MongoDB', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const open = async (): Promise<ReadModelsPlace> => {
    const { url } = await mongodb(t);
    return {
      storage: async () => (await openMongoStorage({ url }))!,
      models: (projections = PROJECTIONS) => openMongoReadModels({ url, clock: systemClock, projections }),
    };
  };
  await readModelsContract(t, open, { histories: 10, shared: true });
});

void t.test('reports which models a projector elsewhere has changed, and no others', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { url } = await mongodb(t);
  const store = createMemoryEventStore();
  const storage = (await openMongoStorage({ url }))!;
  const models = openMongoReadModels({ url, clock: systemClock, projections: PROJECTIONS });
  t.teardown(() => models.close());
  runEngine(t, { ...FOLDS, store, storage });
  const changed = new Set<string>();
  models.onMoved((moved) => {
    if (moved !== 'any') for (const model of moved) changed.add(model);
  });
  const happens = async (...events: readonly MusterEvent[]): Promise<string[]> => {
    changed.clear();
    t.ok(await models.waitFor(await append(store, events), 60_000));
    return [...changed].sort();
  };
  await happens(submitted('j1'));
  t.same(await happens(submitted('j2')), ['jobs']);
  const ofPlacement = await happens(placed(place('a1', 'j2', 0)));
  t.ok(ofPlacement.includes('allocations'));
  t.notOk(ofPlacement.includes('taskRuns'), 'an event of a type that a model folds is no change to it');
});
