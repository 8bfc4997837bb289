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

void t.test(
  'what is there is kept; a file of another schema, of nobody’s, or that is damaged begins empty',
  async (t) => {
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
    t.equal(await begin(), 0, 'none there');
    t.equal(await begin(), 1, 'ours');
    change('PRAGMA user_version = 99');
    t.equal(await begin(), 0, 'of another schema');
    change('PRAGMA user_version = 0');
    t.equal(await begin(), 0, 'with tables, and of no schema');
    writeFileSync(join(directory, FILE), '');
    t.equal(await begin(), 0, 'nothing was ever written to it');
    t.equal(await begin(), 1);
    writeFileSync(join(directory, FILE), 'this is no database, and never was');
    t.equal(await begin(), 0, 'damaged');
  },
);

void t.test('a snapshot is taken of a sound file only, and stays what it was', async (t) => {
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

void t.test('a storage of no place is empty each time', async (t) => {
  for (const time of ['first', 'second']) {
    const storage = openTemporaryStorage();
    t.strictSame(await storage.generations(), [], time);
    await storage.create('m', 1, []);
    await storage.close();
  }
});

void t.test('a lock is told from damage, in all the words of SQLite for either', (t) => {
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

void t.test(
  'who looks at a snapshot for long does not keep the writer from emptying its write-ahead log',
  async (t) => {
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
    t.ok(wal() < 70_000_000, `${wal()} bytes stand in the write-ahead log where 100 MB were written`);
    t.same(await snapshot.load(generation, ['d1']), [], 'and the snapshot is as it was');
  },
);
