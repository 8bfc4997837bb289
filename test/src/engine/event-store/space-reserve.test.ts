import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { openSqliteEventStore, SpaceReserve } from '#src/engine/event-store/index.js';
import { newEvent, refused } from '../../../contract/event-store/fixture.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';

const MIB = 1024 * 1024;

/** A file system of 32 MiB, on which a reserve has 2 MiB. */
function smallDisk(t: Test): string | undefined {
  const disk = join(ownFolder(t), 'disk');
  mkdirSync(disk);
  if (
    !required(
      t,
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'none', disk]).status === 0,
      'the right to mount a tmpfs',
    )
  )
    return undefined;
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  return disk;
}

function fill(file: string): void {
  for (let size = MIB; size >= 1; size = Math.floor(size / 4)) {
    for (;;) {
      try {
        appendFileSync(file, Buffer.alloc(size));
      } catch {
        break;
      }
    }
  }
}

void t.test('creates a reserve if there is space, releases it in steps and refills it', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return;
  const filler = join(disk, 'filler');
  const reserve = new SpaceReserve(disk);
  writeFileSync(filler, Buffer.alloc(25 * MIB));
  reserve.setAside();
  t.equal(reserve.held, 0, 'no reserve is created on a nearly full disk');
  t.notOk(reserve.isSpent);
  t.notOk(reserve.spend('ends'));
  rmSync(filler);
  reserve.setAside();
  t.equal(reserve.held, 2 * MIB);
  t.ok(statSync(join(disk, 'muster.reserve')).blocks * 512 >= 2 * MIB, 'the reserve has no holes');

  fill(filler);
  t.ok(reserve.spend('follows'));
  t.ok(new SpaceReserve(disk).isSpent, 'another process sees that the reserve is spent');
  t.equal(reserve.held, MIB);
  t.notOk(reserve.spend('follows'), 'the second half is only for ends of work');
  t.ok(reserve.spend('ends'));
  t.notOk(reserve.spend('ends'));
  t.notOk(reserve.refill());
  fill(filler);
  t.notOk(reserve.refill());
  rmSync(filler);
  t.ok(reserve.refill());
  t.match([reserve.held, reserve.isSpent], [2 * MIB, false]);
});

void t.test(
  'refuses new work on a full disk, but accepts events that end work, until the reserve is refilled',
  async (t) => {
    const disk = smallDisk(t);
    if (disk === undefined) return;
    const filler = join(disk, 'filler');
    const store = await openSqliteEventStore({
      directory: join(disk, 'data'),
      reserveFor: EVENT_CATALOG.ending,
    });
    t.teardown(async () => await store.close());
    const append = async (type: string, { stream = `job-${randomUUID()}`, bytes = 4000 } = {}) =>
      await store.append({
        stream,
        expected: 'no_stream',
        events: [{ ...newEvent(type), data: JSON.stringify('x'.repeat(bytes)) }],
      });
    await append('JobSubmitted');
    fill(filler);
    const full = async (): Promise<void> => {
      for (;;) await append('JobSubmitted');
    };
    await refused(t, full(), 'MUSTER_E_STORE_FULL');
    let stops = 0;
    for (; stops < 50; stops += 1) await append('JobStopped');
    t.ok(new SpaceReserve(join(disk, 'data')).isSpent);
    await refused(t, append('JobSubmitted'), 'MUSTER_E_STORE_FULL');
    await append('NodeHeartbeatReceived', { stream: 'node-a' });
    const together = await Promise.allSettled([
      append('JobSubmitted'),
      append('JobStopped'),
      append('JobSubmitted'),
      append('TaskRunsCancelled'),
    ]);
    t.same(
      together.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
      'the rule holds within one group commit too',
    );
    await refused(
      t,
      (async () => {
        for (let n = 0; ; n += 1) await append('NodeHeartbeatReceived', { stream: `node-${n}` });
      })(),
      'MUSTER_E_STORE_FULL',
    );
    await append('JobStopped', { bytes: 10 });
    rmSync(filler);
    await append('JobSubmitted');
    t.ok(existsSync(join(disk, 'data', 'muster.reserve')));
  },
);

void t.test('creates no reserve unless a server requests it', async (t) => {
  const directory = join(ownFolder(t), 'data');
  const store = await openSqliteEventStore({ directory });
  await store.close();
  t.notOk(existsSync(join(directory, 'muster.reserve')));
});
