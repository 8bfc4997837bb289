import t from 'tap';
import { openMongoStorage } from '#src/engine/read-models/mongodb/open.js';
import { mongodb, mongodbMissing } from '../../../../fixtures/ferretdb.js';
import { required } from '../../../../fixtures/requirement.js';

const missing = mongodbMissing();

void t.test(
  'a generation that the head does not name, or not any more, is neither read nor put in its place',
  async (t) => {
    if (!required(t, missing === undefined, missing ?? '')) return;
    const { url } = await mongodb(t);
    const storage = (await openMongoStorage({ url }))!;
    t.teardown(() => storage.close());
    const contested = (generation: number) => ({
      code: 'MUSTER_E_READ_MODEL_CONTESTED',
      fields: { model: `generation ${generation}` },
    });
    const { generation } = await storage.create('m', 1, ['node']);
    t.strictSame(await storage.load(generation, ['a']), []);
    t.strictSame(await storage.find(generation, 'node', 'n'), []);
    await storage.drop(generation);
    for (const gone of [generation, 99]) {
      await t.rejects(storage.load(gone, ['a']), contested(gone));
      await t.rejects(storage.find(gone, 'node', 'n'), contested(gone));
      await t.rejects(storage.promote(gone), contested(gone));
      await t.resolves(storage.drop(gone), 'what is not there needs no more to go');
    }
    t.strictSame(await storage.generations(), []);
  },
);
