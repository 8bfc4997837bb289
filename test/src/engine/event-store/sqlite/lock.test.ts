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

void t.test('reports the process that holds the directory to a second process', async (t) => {
  const directory = t.testdir();
  const first = hold(directory);
  t.teardown(() => first.end('SIGKILL'));
  await eventually(() => first.stdout.includes('held'));
  const second = hold(directory);
  t.equal((await second.exited).code, 75);
  t.match(second.stdout.join(' '), `in use by process ${String(first.pid)}`);
  try {
    lockDataDirectory(directory);
    t.fail('the directory was locked twice');
  } catch (error) {
    t.ok(isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED'));
    t.match(error, { fields: { pid: first.pid } });
  }
});

void t.test('is released by kill -9', async (t) => {
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

void t.test('remains held when no reference to the lock is left', (t) => {
  const directory = t.testdir();
  lockDataDirectory(directory);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  t.throws(() => lockDataDirectory(directory), { code: 'MUSTER_E_DATA_DIRECTORY_LOCKED' });
  t.end();
});

void t.test('can be acquired only once per process, and again after its release', (t) => {
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
  "the store keeps the directory locked until it is closed, and accepts the caller's lock",
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
      'the caller still holds the lock',
    );
    lock.release();
  },
);

void t.test('is released if the store cannot be opened', async (t) => {
  const directory = t.testdir();
  mkdirSync(join(directory, 'events.db'));
  await t.rejects(openSqliteEventStore({ directory }));
  lockDataDirectory(directory).release();
});
