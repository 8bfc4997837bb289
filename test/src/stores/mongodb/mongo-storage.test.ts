import t from 'tap';
import { openMongoStorage } from '#src/stores/mongodb/open.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';

const missing = mongodbMissing();

void t.test('neither reads nor promotes a generation that no longer exists', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { url } = await mongodb(t);
  const storage = (await openMongoStorage({ url }))!;
  t.teardown(() => storage.close());
  const contested = (generation: number) => ({
    code: 'MUSTER_E_READ_MODEL_CONTESTED',
    fields: { problem: `generation ${generation} no longer exists` },
  });
  const { generation } = await storage.create('m', 1, ['node']);
  t.strictSame(await storage.load(generation, ['a']), []);
  t.strictSame(await storage.find(generation, 'node', 'n'), []);
  await storage.drop(generation);
  for (const gone of [generation, 99]) {
    await t.rejects(storage.load(gone, ['a']), contested(gone));
    await t.rejects(storage.find(gone, 'node', 'n'), contested(gone));
    await t.rejects(storage.promote(gone), contested(gone));
    await t.resolves(storage.drop(gone), 'dropping a missing generation succeeds');
  }
  t.strictSame(await storage.generations(), []);
});
