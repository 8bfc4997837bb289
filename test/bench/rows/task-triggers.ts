import { startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { administrator, lastOf, makeTasks, WITH_ADMINISTRATOR, written } from '../tasks/tasks.js';

/** Each response follows the fsync of the run's event. The measurement ends when the last run's job is placed. The warm-up is as in `commands`. */
export const taskTriggers: Row = {
  name: 'task-triggers',
  what: 'triggers of tasks over HTTP, 64 clients, until every run is placed and durable, simulated nodes, after 10,000 that warm the server up',
  sense: 'least',
  bar: 2_500,
  quickBar: 20,
  unit: 'a second',
  async measure({ quick, runs }) {
    const [tasks, each] = quick ? [20, 10] : [200, 100];
    const count = tasks * each;
    const warm = quick ? 0 : 10_000;
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(
        100,
        { cpu: 100_000, memory: 1_000_000, slots: 1_000 },
        'embedded',
        WITH_ADMINISTRATOR,
      );
      try {
        const account = await administrator(fleet.server);
        const numbers = await makeTasks(fleet, account, tasks, { executor: 'shell', command: 'sleep 3600' });
        const load = (triggers: number) =>
          fleet.load({ kind: 'trigger', count: triggers, token: account.token, tasks: numbers });
        const first = warm === 0 ? undefined : await load(warm);
        await written(fleet.server, 'AllocationPlaced', warm);
        const result = await load(count);
        const placed = lastOf(await written(fleet.server, 'AllocationPlaced', warm + count));
        figures.push(count / ((placed - result.startedAt) / 1000));
        notes.push(
          `run ${run + 1}: ${number(count / result.seconds)} triggers answered a second, p50 ${number(result.p50)} ms, p99 ${number(result.p99)} ms; ` +
            `the last run was placed ${number((placed - result.endedAt) / 1000)} s behind the last answer${first === undefined ? '' : `; the first 10,000 were answered at ${number(warm / first.seconds)} a second`}`,
        );
      } finally {
        await fleet.end();
      }
    }
    return { runs: figures, notes } satisfies Figure;
  },
};
