import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { checkClusterState, checkPlanLog } from '#src/fleet/scheduler/index.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ofType, planLogOf } from './cluster.js';

const ROUNDS = 6;

void t.test(
  'loses no job and fills no slot twice when killed at any moment',
  { timeout: 120_000 * PATIENCE },
  async (t) => {
    const directory = t.testdir();
    const submitted: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const victim = spawn(
        process.execPath,
        [fileURLToPath(new URL('./victim.js', import.meta.url)), directory, String(round)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: { PATH: process.env['PATH'] ?? '' },
        },
      );
      const lines = createInterface({ input: victim.stdout });
      const before = submitted.length;
      lines.on('line', (line) => submitted.push(line));
      await eventually(() => submitted.length > before, { timeout: 30_000 });
      // This waits for nothing. It varies the moment of the kill.
      await pause(300 + round * 137);
      victim.kill('SIGKILL');
      await once(victim, 'close');
    }
    const store = await openSqliteEventStore({ directory });
    const stopping = new AbortController();
    const scheduler = new Scheduler({
      store,
      catalog: EVENT_CATALOG,
      clock: systemClock,
      instance: 'last',
      directory,
    });
    const run = scheduler.run(stopping.signal);
    await eventually(
      () =>
        scheduler.metrics().caughtUp &&
        scheduler.metrics().queued === 0 &&
        scheduler.metrics().jobs >= submitted.length,
      { timeout: 60_000 },
    );
    stopping.abort();
    await run;
    const placed = ofType(await planLogOf(store), 'AllocationPlaced').map(
      ({ data }) => `${data.jobId}/${data.slot}`,
    );
    const slots = new Set(placed);
    t.equal(slots.size, placed.length, 'each slot was placed once');
    const missing = submitted
      .flatMap((jobId) => [0, 1, 2].map((slot) => `${jobId}/${slot}`))
      .filter((slot) => !slots.has(slot));
    t.strictSame(missing, [], 'every slot of an acknowledged job was placed');
    t.ok(submitted.length > ROUNDS, `${submitted.length} jobs were acknowledged`);
    t.strictSame(await checkPlanLog(store), []);
    t.strictSame(await checkClusterState(store, directory, EVENT_CATALOG), []);
    await store.close();
  },
);
