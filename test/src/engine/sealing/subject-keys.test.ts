import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { keysDatabaseOf, openMongoKeys } from '#src/engine/sealing/mongo-keys.js';
import { RootKey } from '#src/engine/sealing/root-key.js';
import { Sealer } from '#src/engine/sealing/sealer.js';
import { openSqliteKeys } from '#src/engine/sealing/sqlite-keys.js';
import type { SubjectKeys } from '#src/engine/sealing/subject-keys.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';

/** Behaviour that every key store must have. */
async function holds(t: Test, open: () => Promise<SubjectKeys>): Promise<void> {
  const [one, two] = [await open(), await open()];
  t.teardown(() => Promise.all([one.close(), two.close()]));
  t.equal(await one.get('user.1'), undefined);
  const candidates = Array.from({ length: 20 }, () => randomBytes(60));
  const kept = await Promise.all(
    candidates.map((wrapped, index) => (index % 2 === 0 ? one : two).keep('user.1', wrapped)),
  );
  t.equal(
    new Set(kept.map((each) => Buffer.from(each).toString('hex'))).size,
    1,
    'concurrent writes keep one key, and all of them return it',
  );
  t.same(Buffer.from((await two.get('user.1')) ?? []), Buffer.from(kept[0] ?? []));
  await one.delete('user.1');
  t.equal(await two.get('user.1'), undefined);
  await two.delete('user.1');

  const root = new RootKey(randomBytes(32));
  const [here, there] = [
    await Sealer.open({ keys: one, root, clock: systemClock, store: 'x', trustMs: 0 }),
    await Sealer.open({ keys: two, root, clock: systemClock, store: 'x', trustMs: 0 }),
  ];
  const sealed = await here.seal('user.2', 'email', 'a@b');
  t.equal(await there.open(sealed, 'email'), 'a@b', 'one server opens a text that another has sealed');
  await there.eraseKey('user.2');
  t.equal(await here.open(sealed, 'email'), undefined, 'an erased key is gone for every server');
}

void t.test('stores keys in keys.db', async (t) => {
  const directory = t.testdir();
  await holds(t, async () => openSqliteKeys(directory));
});

void t.test('stores keys in MongoDB, in a separate database', async (t) => {
  const missing = mongodbMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const { url, database } = await mongodb(t);
  t.equal(keysDatabaseOf(url), `${database}_keys`);
  t.teardown(async () => {
    const client = new MongoClient(url);
    await client.db(`${database}_keys`).dropDatabase();
    await client.close();
  });
  await holds(t, () => openMongoKeys(url));
});

void t.test("derives the name of the keys' database from that of the read models", async (t) => {
  t.equal(keysDatabaseOf('mongodb://a:1,b:2,c:3/views?replicaSet=x'), 'views_keys');
  t.equal(keysDatabaseOf('mongodb://user:pw@a/'), 'muster_keys');
  t.equal(keysDatabaseOf('mongodb+srv://a.example/x'), 'x_keys');
});
