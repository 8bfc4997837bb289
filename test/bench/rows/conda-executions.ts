import { cookieIn } from '../../fixtures/cookie.js';
import { readEvents } from '../../fixtures/event-log.js';
import { plantEnvironments, plantExecutions } from '../conda/planted.js';
import { shown, startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { WITH_ADMINISTRATOR } from '../tasks/tasks.js';

const ENVIRONMENTS = 1_000;
const TASKS = 1_000;
const EXECUTIONS = 100;

/** Measures the list of tasks, their statistics, the newest executions of all tasks and of one, and the use of environments. */
export const condaExecutions: Row = {
  name: 'conda-executions',
  what: 'tasks, figures and history of 100,000 executions of 1,000 tasks in 1,000 environments, one client: the slowest p99',
  sense: 'most',
  bar: 50,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const fleet = await startFleet(0, undefined, 'embedded', WITH_ADMINISTRATOR);
    try {
      const [admin] = (await readEvents(fleet.server, { types: ['UserRegistered'] })).flatMap((event) =>
        event.type === 'UserRegistered' ? [event.data] : [],
      );
      if (admin === undefined) throw new Error('there is no account');
      await fleet.server.stop();
      const share = quick ? 20 : 1;
      const of = { tenantId: admin.tenantId, createdBy: admin.userId };
      const environments = await plantEnvironments(fleet.server.dataDir, {
        ...of,
        environments: ENVIRONMENTS / share,
        generations: 1,
        packages: 10,
      });
      await plantExecutions(fleet.server.dataDir, of, environments, {
        tasks: TASKS / share,
        executions: EXECUTIONS,
      });
      await fleet.server.start(300_000);
      await shown(fleet.server, 300_000);
      const cookie = cookieIn(
        (
          await fleet.server.api.post('/login', {
            username: 'admin',
            password: WITH_ADMINISTRATOR.MUSTER_ADMIN_PASSWORD,
          })
        ).headers,
      );
      const stats = await fleet.server.api.call<{ readonly total: number }>(
        'GET',
        '/api/tasks/stats',
        undefined,
        { headers: { cookie } },
      );
      if (stats.body.total !== TASKS / share) throw new Error(`${stats.body.total} tasks are counted`);
      const notes: string[] = [];
      const figures: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        let slowest = 0;
        for (const what of [
          'tasks',
          'tasks?limit=100',
          'tasks/stats',
          'tasks/history',
          'tasks/history?limit=100',
          'tasks/1',
          'conda/stats',
        ]) {
          const load = {
            kind: 'read',
            count: quick ? 30 : 300,
            token: '',
            cookie,
            path: `/api/${what}`,
          } as const;
          const { p50, p99, max } = await fleet.load(load, 1);
          slowest = Math.max(slowest, p99);
          notes.push(
            `run ${run}, ${what}: p50 ${number(p50)} ms, p99 ${number(p99)} ms, longest ${number(max)} ms`,
          );
        }
        figures.push(slowest);
      }
      return { runs: figures, notes } satisfies Figure;
    } finally {
      await fleet.end();
    }
  },
};
