import { readEvents } from '../../fixtures/event-log.js';
import { callerOf } from '../conda/scene.js';
import { plantEnvironments } from '../conda/planted.js';
import { shown, startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';

const ENVIRONMENTS = 1_000;
const GENERATIONS = 3;
const PACKAGES = 50;

/** Measures the whole list, with each environment's packages, and the statistics. Neither has pages in the contract. */
export const condaLists: Row = {
  name: 'conda-lists',
  what: 'list and figures of 1,000 environments of 50 packages and three generations, one client: the slower p99',
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
      const environments = quick ? ENVIRONMENTS / 20 : ENVIRONMENTS;
      const planted = {
        tenantId: admin.tenantId,
        createdBy: admin.userId,
        environments,
        generations: GENERATIONS,
        packages: PACKAGES,
      };
      await plantEnvironments(fleet.server.dataDir, planted);
      await fleet.server.start(120_000);
      await shown(fleet.server, 120_000);
      const { token } = await administrator(fleet.server);
      const listed = await callerOf(fleet.server.api, token)<readonly unknown[]>('GET', '/environments');
      if (listed.body.length !== environments)
        throw new Error(`${listed.body.length} environments are listed`);
      const notes = [`the list is ${number(Buffer.byteLength(listed.text) / 1e6)} MB`];
      const figures: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        let slowest = 0;
        for (const what of ['environments', 'stats', `environment/environment-${environments - 1}`]) {
          const load = { kind: 'read', count: quick ? 30 : 300, token, path: `/api/conda/${what}` } as const;
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
