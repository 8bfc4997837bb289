import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { lockDataDirectory, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { Program } from '../../../../fixtures/program.js';

const HOLDER = join(import.meta.dirname, 'programs/holder.js');

function hold(directory: string): Program {
  return Program.start({ command: process.execPath, args: [HOLDER, directory] });
}

void t.test('a second process is told who holds the directory', async (t) => {
  const directory = t.testdir();
  const first = hold(directory);
  t.teardown(() => first.end('SIGKILL'));
  await eventually(() => first.stdout.includes('held'));
  const second = hold(directory);
  t.equal((await second.exited).code, 75);
  t.match(second.stdout.join(' '), `in use by process ${String(first.pid)}`);
  try {
    lockDataDirectory(directory);
    t.fail('it was locked twice');
  } catch (error) {
    t.ok(isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED'));
    t.match(error, { fields: { pid: first.pid } });
  }
});

void t.test('kill -9 frees it at once, no matter who comes next', async (t) => {
  const directory = t.testdir();
  for (let round = 0; round < 3; round += 1) {
    const holder = hold(directory);
    await eventually(() => holder.stdout.includes('held'));
    await holder.end('SIGKILL');
  }
  const lock = lockDataDirectory(directory);
  t.equal(lock.directory, directory);
  lock.release();
});

void t.test('it is held though nobody refers to it', (t) => {
  const directory = t.testdir();
  lockDataDirectory(directory);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  t.throws(() => lockDataDirectory(directory), { code: 'MUSTER_E_DATA_DIRECTORY_LOCKED' });
  t.end();
});

void t.test('within one process it is held once, and free when released', (t) => {
  const directory = join(t.testdir(), 'made/when/missing');
  const lock = lockDataDirectory(directory);
  t.throws(() => lockDataDirectory(directory), {
    code: 'MUSTER_E_DATA_DIRECTORY_LOCKED',
    fields: { pid: process.pid },
  });
  lock.release();
  lock.release();
  lockDataDirectory(directory).release();
  t.end();
});

void t.test(
  'a store holds its directory until it is closed, and takes the lock of a caller that has it',
  async (t) => {
    const directory = t.testdir();
    const store = await openSqliteEventStore({ directory });
    t.throws(() => lockDataDirectory(directory), { code: 'MUSTER_E_DATA_DIRECTORY_LOCKED' });
    await t.rejects(openSqliteEventStore({ directory }), { code: 'MUSTER_E_DATA_DIRECTORY_LOCKED' });
    await store.close();
    const lock = lockDataDirectory(directory);
    const again = await openSqliteEventStore({ directory, lock });
    await again.close();
    t.throws(
      () => lockDataDirectory(directory),
      { code: 'MUSTER_E_DATA_DIRECTORY_LOCKED' },
      'the caller still holds it',
    );
    lock.release();
  },
);

void t.test('a store that does not open leaves the directory free', async (t) => {
  const directory = t.testdir();
  mkdirSync(join(directory, 'events.db'));
  await t.rejects(openSqliteEventStore({ directory }));
  lockDataDirectory(directory).release();
});
