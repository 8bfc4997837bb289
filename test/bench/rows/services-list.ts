import { request } from 'undici';
import { startFleet } from '../fleet.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';
import { makeServices } from './service-starts.js';

const SERVICES = 1_000;

/** The whole list: the contract has no pages. */
export const servicesList: Row = {
  name: 'services-list',
  what: 'list of 1,000 services of one tenant, one client: p99',
  sense: 'most',
  bar: 20,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const count = quick ? SERVICES / 20 : SERVICES;
    const env = { ...WITH_ADMINISTRATOR, MUSTER_MAX_SERVICES_PER_TENANT: String(count) };
    const fleet = await startFleet(0, undefined, 'embedded', env);
    try {
      const { api } = fleet.server;
      const { token } = await administrator(fleet.server);
      const headers = { authorization: `Bearer ${token}` };
      const began = performance.now();
      await makeServices(fleet.server, token, count);
      const made = performance.now() - began;
      const listed = await api.get<{ total: number }>('/api/v1/services', { headers });
      if (listed.body.total !== count) throw new Error(`${listed.body.total} services are listed`);
      const notes = [
        `${number(count / (made / 1000))} were made a second, 16 clients; the list is ${number(Buffer.byteLength(listed.text) / 1e3)} kB`,
      ];
      const figures: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const took: number[] = [];
        for (let look = 0; look < (quick ? 30 : 500); look += 1) {
          const sent = performance.now();
          // The response is chunked, which the load generator cannot parse.
          await (
            await request(`${fleet.server.url}/api/v1/services`, { headers })
          ).body.dump({ limit: Number.MAX_SAFE_INTEGER });
          took.push(performance.now() - sent);
        }
        took.sort((one, other) => one - other);
        const [p50, p99, max] = [quantile(took, 0.5), quantile(took, 0.99), quantile(took, 1)];
        figures.push(p99);
        notes.push(`run ${run}: p50 ${number(p50)} ms, p99 ${number(p99)} ms, longest ${number(max)} ms`);
      }
      return { runs: figures, notes } satisfies Figure;
    } finally {
      await fleet.end();
    }
  },
};
