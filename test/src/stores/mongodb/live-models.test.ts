import { MongoClient } from 'mongodb';
import t, { type Test } from 'tap';
import { HeadDocument } from '#src/stores/mongodb/head.js';
import { LiveModels } from '#src/stores/mongodb/live-models.js';
import { COLLECTIONS } from '#src/stores/mongodb/schema.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append } from '../../../contract/read-models/fixture.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';
import { submitted } from '../../../projections/events.js';
import { catchUp } from './churn.js';

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

const MODEL = 'jobs';

/** Models in MongoDB, the collection of one of them, and the number of times the head was read. */
async function scene(t: Test) {
  const { url } = await mongodb(t);
  const store = createMemoryEventStore();
  await append(store, [submitted('j1')]);
  await catchUp(url, store);
  const client = new MongoClient(url, { useBigInt64: true, monitorCommands: true });
  t.teardown(() => client.close());
  let looks = 0;
  client.on('commandStarted', ({ command }) => (looks += command['find'] === COLLECTIONS.head ? 1 : 0));
  const db = client.db();
  const models = new LiveModels({ db }, PROJECTIONS);
  return { db, models, live: await models.of(MODEL), looks: () => looks };
}

function declare(): void {
  void t.test('checks that a collection is still live without reading the head document', async (t) => {
    const { models, live, looks } = await scene(t);
    t.equal(looks(), 1);
    t.same(await Promise.all([1, 2, 3].map(() => models.isStill(MODEL, live))), [true, true, true]);
    t.equal(looks(), 1);
  });

  void t.test('does not read from a renamed collection, or from another under its old name', async (t) => {
    const { db, models, live, looks } = await scene(t);
    const head = new HeadDocument({ db });
    const other = `${live.collection}-other`;
    await db.renameCollection(live.collection, other);
    const seen = (await head.read())!;
    const [key, stored] = Object.entries(seen.generations).find(([, { model }]) => model === MODEL)!;
    await head.change(seen, {
      generations: { ...seen.generations, [key]: { ...stored, collection: other } },
    });
    await db.collection<{ _id: string }>(live.collection).insertOne({ _id: 'late' });
    t.equal(await models.isStill(MODEL, live), false);
    t.equal(looks(), 3, 'the head was read again, in addition to the read of this test');
    const now = await models.of(MODEL);
    t.equal(now.collection, other);
    t.equal(await models.isStill(MODEL, now), true);
    t.equal(looks(), 3);
  });

  void t.test(
    'does not read from a dropped collection, even before the head document is updated',
    async (t) => {
      const { db, models, live } = await scene(t);
      await db.dropCollection(live.collection);
      await db.collection(COLLECTIONS.head).updateOne({}, { $inc: { token: 1n } });
      t.equal(await models.isStill(MODEL, live), false);
    },
  );

  void t.test('falls back to the head document if collections have no UUID', async (t) => {
    const { db, models, looks } = await scene(t);
    const head = new HeadDocument({ db });
    const seen = (await head.read())!;
    const none = Object.entries(seen.generations).map(([key, each]) => [key, { ...each, uuid: null }]);
    await head.change(seen, { generations: Object.fromEntries(none) as typeof seen.generations });
    await models.look();
    const live = await models.of(MODEL);
    const before = looks();
    t.equal(await models.isStill(MODEL, live), true);
    t.equal(looks(), before + 1);
  });
}
