import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { KeyedLog } from '#agents/journal/keyed-log.js';
import { machineDisk } from '#agents/platform/files/disk.js';
import { diskWithSync, type Sync } from '../support/disks.js';

async function fileOf(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstkeyed-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return path.join(made, 'log');
}

const open = async (t: Test, file: string, sync?: Sync) => {
  const opened = await KeyedLog.open(file, () => [], sync === undefined ? machineDisk : diskWithSync(sync));
  t.teardown(() => opened.log.close());
  return opened;
};

/** A sync that fails once on request. */
function failing(): { sync: Sync; next: (code: string) => void } {
  let code: string | undefined;
  return {
    next: (wanted) => (code = wanted),
    async sync(opened) {
      if (code !== undefined) {
        const error = Object.assign(new Error(code), { code });
        code = undefined;
        throw error;
      }
      await opened.sync();
    },
  };
}

void t.test('writes concurrent changes as a single line with a single sync', async (t) => {
  const file = await fileOf(t);
  let syncs = 0;
  const { log } = await open(t, file, async (opened) => {
    syncs += 1;
    await opened.sync();
  });
  await log.put('first', () => 0);
  syncs = 0;
  const puts = [log.put('a', () => 1)];
  // Like orders that arrive over the network together, each after some ticks.
  for (let n = 0; n < 20; n += 1) {
    await Promise.resolve();
    puts.push(log.put(`b${n}`, () => n));
  }
  await Promise.all(puts);
  t.equal(syncs, 1);
  t.equal((await readFile(file, 'utf8')).trimEnd().split('\n').length, 2);
});

for (const code of ['ENOSPC', 'EIO']) {
  void t.test(
    `refuses and drops a write that cannot be made durable (${code}), and accepts later ones`,
    async (t) => {
      const file = await fileOf(t);
      const { sync, next } = failing();
      const { log } = await open(t, file, sync);
      await log.put('a', () => 1);
      const before = await readFile(file, 'utf8');
      next(code);
      const refused = Promise.allSettled([log.put('a', () => 2), log.put('b', () => 3)]);
      t.strictSame(
        (await refused).map(({ status }) => status),
        ['rejected', 'rejected'],
      );
      t.equal(await readFile(file, 'utf8'), before);
      t.notOk(log.has('b'));
      await log.put('c', () => 4);
      const read = await open(t, file);
      t.strictSame(
        [...read.entries],
        [
          ['a', 1],
          ['c', 4],
        ],
      );
      t.equal(read.torn, 0);
    },
  );
}

void t.test('writes all entries again if its file was removed', async (t) => {
  const file = await fileOf(t);
  const { log } = await open(t, file);
  await log.put('a', () => 1);
  await rm(file);
  await log.put('b', () => 2);
  t.strictSame(
    [...(await open(t, file)).entries],
    [
      ['a', 1],
      ['b', 2],
    ],
  );
});

void t.test('removes dropped values from the file only when it is rewritten', async (t) => {
  const file = await fileOf(t);
  const { log } = await open(t, file);
  await Promise.all([log.put('a', () => 1), log.put('b', () => 2)]);
  t.notOk(log.isStale);
  log.drop('a');
  log.drop('never there');
  t.ok(log.isStale);
  t.match(await readFile(file, 'utf8'), '"a"');
  await log.compact();
  t.notOk(log.isStale);
  t.notMatch(await readFile(file, 'utf8'), '"a"');
});
