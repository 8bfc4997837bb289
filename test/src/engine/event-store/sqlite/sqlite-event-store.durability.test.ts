import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sqlite } from '#src/engine/sqlite.js';
import t from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { openForWriting } from '#src/engine/event-store/sqlite/database.js';
import { gather, newEvents, newStream, refused } from '../../../../contract/event-store/fixture.js';
import { runToEnd } from '../../../../fixtures/program.js';
import { required } from '../../../../fixtures/requirement.js';
import { nothingLost } from './programs/answers.js';

const APPENDER = join(import.meta.dirname, 'programs/appender.js');

void t.test('syncs every commit, both in a new file and after reopening it', (t) => {
  const file = join(t.testdir(), 'events.db');
  for (let round = 0; round < 2; round += 1) {
    const { database, id } = openForWriting(file, () => `id-${String(round)}`);
    database.prepare('SELECT count(*) FROM events').get();
    t.equal(database.pragma('synchronous', { simple: true }), 2);
    t.equal(database.pragma('journal_mode', { simple: true }), 'wal');
    t.equal(id, 'id-0', 'the log keeps its identity');
    database.close();
  }
  t.end();
});

void t.test('syncs each of a hundred serial appends before its response', async (t) => {
  if (!required(t, existsSync('/usr/bin/strace'), 'strace')) return;
  const folder = t.testdir();
  const counts = join(folder, 'counts');
  const args = [
    '-f',
    '-qq',
    '-c',
    '-o',
    counts,
    '-e',
    'trace=fsync,fdatasync',
    process.execPath,
    APPENDER,
    join(folder, 'data'),
    join(folder, 'answers'),
    '1',
    '100',
  ];
  const { code, stdout, stderr } = await runToEnd({ command: 'strace', args });
  t.equal(code, 0, stderr);
  t.match(stdout, 'closed');
  const syncs = readFileSync(counts, 'utf8')
    .split('\n')
    .filter((line) => /\bf(data)?sync$/.test(line))
    .map((line) => Number(line.trim().split(/\s+/)[3]));
  t.ok(syncs.reduce((sum, calls) => sum + calls, 0) >= 100, `${String(syncs)} syncs`);
});

void t.test(
  'acknowledges nothing after a failed sync, ends the process, and leaves a valid log',
  async (t) => {
    if (!required(t, existsSync('/usr/bin/strace'), 'strace')) return;
    for (const when of [12, 40]) {
      const folder = t.testdir();
      const directory = join(folder, 'data');
      const answers = join(folder, 'answers');
      const inject = `inject=fsync,fdatasync:error=EIO:when=${String(when)}+`;
      const args = [
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        inject,
        process.execPath,
        APPENDER,
        directory,
        answers,
        '4',
        '2000',
      ];
      const { code, stdout } = await runToEnd({ command: 'strace', args });
      t.equal(code, 70);
      t.match(stdout, /fatal the event store cannot be reached: SQLITE_IOERR/);
      const promised = await nothingLost(t, directory, answers);
      t.ok(promised > 0 && promised < 2000, `${String(promised)} appends were acknowledged`);
    }
  },
);

void t.test('refuses a damaged log without changing it', async (t) => {
  const directory = t.testdir();
  const file = join(directory, 'events.db');
  const store = await openSqliteEventStore({ directory });
  for (let n = 0; n < 5; n += 1)
    await store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(200) });
  await store.close();
  const whole = readFileSync(file);
  const damage = (change: (bytes: Buffer) => Buffer) => {
    const bytes = change(Buffer.from(whole));
    writeFileSync(file, bytes);
    return bytes;
  };
  const cases: [string, (bytes: Buffer) => Buffer][] = [
    ['a page is overwritten', (bytes) => bytes.fill(0xff, 4096 * 3, 4096 * 4)],
    ['the header is overwritten', (bytes) => bytes.fill(0, 0, 100)],
    ['the end is cut off', (bytes) => bytes.subarray(0, bytes.length - 4096 * 4)],
    ['the file is not a database', () => Buffer.from('not a database '.repeat(1000))],
  ];
  for (const [what, change] of cases) {
    const bytes = damage(change);
    await refused(t, openSqliteEventStore({ directory }), 'MUSTER_E_STORE_CORRUPT');
    t.ok(readFileSync(file).equals(bytes), what);
  }
  damage((bytes) => bytes);
  const again = await openSqliteEventStore({ directory });
  t.equal((await gather(again.readAll())).length, 1000);
  await again.close();
});

void t.test('refuses a log of a newer version or of another program', async (t) => {
  const newer = t.testdir();
  const { database } = openForWriting(join(newer, 'events.db'), () => 'id');
  database.pragma('user_version = 2');
  database.close();
  await refused(t, openSqliteEventStore({ directory: newer }), 'MUSTER_E_STORE_TOO_NEW', {
    found: 2,
    known: 1,
  });

  const other = join(newer, 'other');
  mkdirSync(other);
  const foreign = new Sqlite(join(other, 'events.db'));
  foreign.exec('CREATE TABLE theirs (a)');
  foreign.close();
  await refused(t, openSqliteEventStore({ directory: other }), 'MUSTER_E_STORE_CORRUPT');
});
