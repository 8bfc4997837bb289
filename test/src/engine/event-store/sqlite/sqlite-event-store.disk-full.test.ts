import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sqlite } from '#src/engine/sqlite.js';
import t from 'tap';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import {
  gather,
  newEvent,
  newEvents,
  newStream,
  revisions,
} from '../../../../contract/event-store/fixture.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import { required } from '../../../../fixtures/requirement.js';

function mounted(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'muster-test', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

void t.test(
  'refuses appends on a full disk, keeps serving reads, and recovers with space',
  { timeout: 120_000 * PATIENCE },
  async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'muster-full-'));
    t.teardown(() => {
      rmSync(disk, { recursive: true });
    });
    if (!required(t, mounted(disk), 'the right to mount a file system')) return;
    t.teardown(() => {
      execFileSync('umount', ['-l', disk]);
    });
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(6 * 1024 * 1024, 1));
    const directory = join(disk, 'data');
    const store = await openSqliteEventStore({ directory });
    const stream = newStream();
    const data = JSON.stringify('x'.repeat(3000));
    const appendSome = async (limit: number): Promise<{ taken: Set<string>; full: number }> => {
      const taken = new Set<string>();
      let full = 0;
      for (let n = 0; n < limit && full < 20; n += 1) {
        const group = Array.from({ length: 4 }, () => ({
          stream: newStream(),
          events: [{ ...newEvent(), data }, newEvent()],
        }));
        const outcomes = await Promise.allSettled(
          group.map((request) => store.append({ ...request, expected: 'no_stream' })),
        );
        for (const [at, outcome] of outcomes.entries()) {
          if (outcome.status === 'fulfilled') taken.add(group[at]?.stream ?? '');
          else if (isMusterError(outcome.reason, 'MUSTER_E_STORE_FULL')) full += 1;
          else throw outcome.reason;
        }
      }
      return { taken, full };
    };
    await store.append({ stream, expected: 'no_stream', events: newEvents(2) });

    const first = await appendSome(5000);
    t.ok(
      first.taken.size > 0 && first.full >= 20,
      `${String(first.taken.size)} appends were accepted before refusals; ${String(statfsSync(disk).bavail)} blocks free`,
    );
    t.strictSame(await revisions(store, stream), [0, 1], 'reads continue');
    const seen = await gather(store.readAll());
    t.strictSame(
      new Set(seen.map((event) => event.stream)),
      new Set([stream, ...first.taken]),
      'refused appends wrote nothing',
    );
    t.equal(seen.length, 2 + first.taken.size * 2, 'accepted appends are complete');

    rmSync(ballast);
    const second = await appendSome(40);
    t.equal(second.full, 0, 'appends are accepted again without a restart');
    t.equal((await store.append({ stream, expected: 1, events: newEvents(1) })).revision, 2);
    const positions = (await gather(store.readAll())).map((event) => event.position);
    t.equal(new Set(positions).size, positions.length);

    const third = await appendSome(5000);
    t.ok(third.full >= 20, 'the disk is full again');
    await store.close();
    const file = new Sqlite(join(directory, 'events.db'), { readonly: true });
    t.equal(file.pragma('integrity_check', { simple: true }), 'ok');
    file.close();
  },
);
