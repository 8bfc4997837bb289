import { startFleet } from '../fleet.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { administrator, lastOf, makeTasks, WITH_ADMINISTRATOR, written } from '../tasks/tasks.js';

/** All tasks fire in the same second. Measures from that second until the last decision is durable. */
export const tasksDue: Row = {
  name: 'tasks-due',
  what: '10,000 tasks due in the same second: until the last slot is decided',
  sense: 'most',
  bar: 2,
  quickBar: 60,
  unit: 'seconds',
  async measure({ quick, runs }) {
    const count = quick ? 200 : 10_000;
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(
        quick ? 10 : 100,
        { cpu: 100_000, memory: 1_000_000, slots: 1_000 },
        'embedded',
        WITH_ADMINISTRATOR,
      );
      try {
        const account = await administrator(fleet.server);
        const slot = await dueAtOnce(
          async (at, prefix) => {
            const second = new Date(at);
            const schedule = `${second.getUTCSeconds()} ${second.getUTCMinutes()} ${second.getUTCHours()} * * *`;
            await makeTasks(
              fleet,
              account,
              count,
              { executor: 'shell', command: 'sleep 3600', schedule },
              prefix,
            );
          },
          quick ? 3_000 : 30_000,
        );
        const decided = await written(
          fleet.server,
          'TaskSlotDecided',
          count,
          (data) => (JSON.parse(data) as { slot: number }).slot === slot,
        );
        const late = decided.map(({ created }) => created - slot);
        const placed = lastOf(await written(fleet.server, 'AllocationPlaced', count));
        figures.push(quantile(late, 1) / 1000);
        notes.push(
          `run ${run + 1}: ${count.toLocaleString('en-US')} slots decided, half of them after ${number(quantile(late, 0.5) / 1000)} s; ` +
            `the last run was placed ${number((placed - slot) / 1000)} s behind the slot`,
        );
      } finally {
        await fleet.end();
      }
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/**
 * Creates the tasks for a future second, and again for a later one if creating them took too long. Returns that second, in milliseconds since 1970.
 */
async function dueAtOnce(make: (at: number, prefix: string) => Promise<void>, lead: number): Promise<number> {
  for (let wait = lead; wait <= 16 * lead; wait *= 2) {
    const at = Math.ceil((Date.now() + wait) / 1000) * 1000;
    await make(at, `due-${wait}-`);
    if (Date.now() < at) return at;
  }
  throw new Error('the tasks could not be made before they were due');
}
