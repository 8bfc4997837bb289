import { MongoClient } from 'mongodb';
import t from 'tap';
import { removeFormerSchemas } from '#src/engine/read-models/mongodb/former-schemas.js';
import { openMongoStorage } from '#src/engine/read-models/mongodb/open.js';
import { collectionNames } from '#src/engine/read-models/mongodb/schema.js';
import { mongodb, mongodbMissing } from '../../../../fixtures/ferretdb.js';
import { required } from '../../../../fixtures/requirement.js';

const missing = mongodbMissing();

void t.test('removes the collections of an earlier schema once nothing fills them any more', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { url } = await mongodb(t);
  const storage = (await openMongoStorage({ url }))!;
  t.teardown(() => storage.close());
  await storage.create('jobs', 1, []);
  const client = new MongoClient(url, { useBigInt64: true });
  t.teardown(() => client.close());
  const db = client.db();
  const names = async () => (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const others = [...(await names()), 'muster_of_somebody_else'];
  await db.createCollection('muster_of_somebody_else');
  const { head, parked, requests, documents } = collectionNames(1);
  for (const name of [head, parked, requests, `${documents}jobs_1_1_abcd`]) await db.createCollection(name);
  const heads = db.collection<{ _id: string; beat: bigint }>(head);
  await heads.insertOne({ _id: 'head', beat: 5n });
  const old = `${documents}jobs_1_1_abcd`;
  let hours = 0;
  // An hour passes at once. A server of the earlier release runs for two of them.
  const clock = {
    sleep: async () => {
      t.ok((await names()).includes(old), `hour ${hours}: a server of the earlier release may use them`);
      hours += 1;
      if (hours <= 2) await heads.updateOne({}, { $inc: { beat: 1n } });
    },
  };
  const stopping = new AbortController();
  const closing = { sleep: async () => stopping.abort() };
  await removeFormerSchemas(db, closing, stopping.signal);
  t.ok((await names()).includes(head), 'a closed storage removes nothing');
  await removeFormerSchemas(db, clock, new AbortController().signal);
  t.equal(hours, 3);
  t.same(await names(), others.sort());
  await removeFormerSchemas(
    db,
    { sleep: async () => void t.fail('there is nothing to wait for') },
    new AbortController().signal,
  );
});
