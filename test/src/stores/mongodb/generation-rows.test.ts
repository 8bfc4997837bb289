import t from 'tap';
import { MongoClient } from 'mongodb';
import { GenerationRows } from '#src/stores/mongodb/generation-rows.js';
import { collectionName, type StoredRow } from '#src/stores/mongodb/schema.js';
import { FerretDb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';

const missing = mongodbMissing();
const RECORDS = 'models._ferretdb_database_metadata';

void t.test('creates an index whose record was lost when the server was killed', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const server = await FerretDb.start(t);
  const client = new MongoClient(server.place('models').url, { serverSelectionTimeoutMS: 10_000 });
  t.teardown(() => client.close());
  const collection = client.db().collection<StoredRow>(collectionName('m', 1, { token: 1n, holder: 'abcd' }));
  await collection.createIndex({ s: 1 }, { unique: true });
  await server.sql(`CREATE TABLE earlier AS TABLE ${RECORDS}`);
  await new GenerationRows(collection, ['node']).index('node');
  await server.sql(`UPDATE ${RECORDS} SET _jsonb = earlier._jsonb FROM earlier`);
  await server.kill();
  await server.start();

  const indexed = async (): Promise<number> => (await collection.indexes()).length;
  t.equal(await indexed(), 2);
  await t.rejects(collection.createIndex({ x_node: 1, s: 1 }), /already exists/);
  await new GenerationRows(collection, ['node']).index('node');
  t.equal(await indexed(), 3);
  await t.resolves(new GenerationRows(collection, ['node']).index('node'), 'an existing index is accepted');
});

void t.test('reports an index that the server refuses under any name, and retries it', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const server = await FerretDb.start(t);
  const client = new MongoClient(server.place('models').url, { serverSelectionTimeoutMS: 10_000 });
  t.teardown(() => client.close());
  const tooLong = client.db().collection<StoredRow>('c'.repeat(300));
  const rows = new GenerationRows(tooLong, ['node']);
  for (let times = 0; times < 2; times += 1)
    await t.rejects(rows.index('node'), { name: 'MongoServerError' });
});
