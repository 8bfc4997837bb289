import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  isBusy,
  isDamage,
  openSqliteStorage,
  openStorageSnapshot,
  openTemporaryStorage,
} from '#src/engine/read-models/sqlite/open-storage.js';
import { Sqlite } from '#src/engine/sqlite.js';

const FILE = 'read-models.db';
const failure = (code: string): Error => new Sqlite.SqliteError('it said so', code);

void t.test('keeps an existing file, and replaces one that is damaged or of another schema', async (t) => {
  const directory = t.testdir();
  const begin = async (): Promise<number> => {
    const storage = openSqliteStorage(directory);
    const before = (await storage.generations()).length;
    await storage.create('m', 1, []);
    await storage.close();
    return before;
  };
  const change = (sql: string): void => {
    const db = new Sqlite(join(directory, FILE));
    db.exec(sql);
    db.close();
  };
  t.equal(await begin(), 0, 'a missing file is created');
  t.equal(await begin(), 1, 'an existing file is kept');
  change('PRAGMA user_version = 99');
  t.equal(await begin(), 0, 'a file of another schema is replaced');
  change('PRAGMA user_version = 0');
  t.equal(await begin(), 0, 'a file with tables but without a schema version is replaced');
  writeFileSync(join(directory, FILE), '');
  t.equal(await begin(), 0, 'an empty file is initialized');
  t.equal(await begin(), 1);
  writeFileSync(join(directory, FILE), 'this is no database, and never was');
  t.equal(await begin(), 0, 'a damaged file is replaced');
});

void t.test('opens a snapshot only of a valid file, and the snapshot does not change', async (t) => {
  const directory = t.testdir();
  const gone = { code: 'MUSTER_E_READ_MODEL_UNAVAILABLE' };
  t.throws(() => openStorageSnapshot(directory), gone);
  new Sqlite(join(directory, FILE)).close();
  t.throws(() => openStorageSnapshot(directory), gone);
  const storage = openSqliteStorage(directory);
  t.teardown(() => storage.close());
  await storage.create('m', 1, []);
  const snapshot = openStorageSnapshot(directory);
  t.teardown(() => snapshot.close());
  t.equal((await snapshot.generations()).length, 1);
  await storage.create('n', 1, []);
  t.equal((await snapshot.generations()).length, 1);
});

void t.test('opens an empty temporary storage each time', async (t) => {
  for (const time of ['first', 'second']) {
    const storage = openTemporaryStorage();
    t.strictSame(await storage.generations(), [], time);
    await storage.create('m', 1, []);
    await storage.close();
  }
});

void t.test("distinguishes locks from damage by SQLite's errors", (t) => {
  for (const code of ['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_PROTOCOL'])
    t.strictSame([isBusy(failure(code)), isDamage(failure(code))], [true, false], code);
  for (const code of ['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'SQLITE_CORRUPT_INDEX'])
    t.strictSame([isBusy(failure(code)), isDamage(failure(code))], [false, true], code);
  for (const error of [
    failure('SQLITE_FULL'),
    failure('SQLITE_BUSYBODY'),
    new Error('SQLITE_BUSY'),
    Object.assign(new Error(), { code: 'SQLITE_CORRUPT' }),
  ])
    t.strictSame([isBusy(error), isDamage(error)], [false, false]);
  t.end();
});

void t.test('lets the writer empty its write-ahead log despite a long snapshot read', async (t) => {
  const directory = t.testdir();
  const storage = openSqliteStorage(directory);
  const { generation } = await storage.create('jobs', 1, []);
  const snapshot = openStorageSnapshot(directory);
  t.teardown(async () => {
    await snapshot.close();
    await storage.close();
  });
  const wal = (): number => statSync(join(directory, `${FILE}-wal`)).size;
  let expected: bigint | undefined;
  let sequence = 0;
  const write = async (): Promise<void> => {
    const rows = Array.from({ length: 500 }, () => {
      sequence += 1;
      return {
        id: `d${sequence}`,
        sequence,
        created: 1n,
        applied: 1n,
        parked: false,
        fresh: true,
        indexed: undefined,
        indexes: [],
        json: JSON.stringify('x'.repeat(2_000)),
      };
    });
    const position = BigInt(sequence);
    const checkpoint = { storeId: 's', position, eventId: 'e', previous: undefined };
    await storage.commit([
      {
        generation,
        model: 'jobs',
        expected,
        checkpoint,
        sequence,
        clearedAt: undefined,
        removed: [],
        rows,
        parked: [],
        unparked: [],
      },
    ]);
    expected = position;
  };
  for (let time = 0; time < 100; time += 1) await write();
  t.ok(wal() < 70_000_000, `the write-ahead log has ${wal()} bytes after 100 MB were written`);
  t.same(await snapshot.load(generation, ['d1']), [], 'the snapshot is unchanged');
});
