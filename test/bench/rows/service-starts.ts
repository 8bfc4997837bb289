import pLimit from 'p-limit';
import { ASSIGNS_PORTS } from '#domain/kernel/resources.js';
import { bearer } from '../../fixtures/services-account.js';
import { startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { administrator, lastOf, WITH_ADMINISTRATOR, written } from '../tasks/tasks.js';

/** Each response follows the fsync of the deployment's event. Its job is started and placed afterwards, which the notes report, too. */
export const serviceStarts: Row = {
  name: 'service-starts',
  what: 'starts of services accepted over HTTP, 64 clients, one tenant, simulated nodes',
  sense: 'least',
  bar: 500,
  quickBar: 20,
  unit: 'a second',
  async measure({ quick, runs }) {
    const count = quick ? 100 : 2_500;
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const fleet = await startFleet(0, undefined, 'embedded', {
        ...WITH_ADMINISTRATOR,
        MUSTER_MAX_SERVICES_PER_TENANT: String(count),
      });
      try {
        await fleet.load({
          kind: 'register',
          count: 100,
          resources: { cpu: 100_000, memory: 1_000_000 },
          attributes: { [ASSIGNS_PORTS]: true },
        });
        const { token } = await administrator(fleet.server);
        const services = await makeServices(fleet.server, token, count);
        const { seconds, p50, p99, startedAt, endedAt } = await fleet.load({
          kind: 'start-service',
          count,
          token,
          services,
        });
        const placed = lastOf(await written(fleet.server, 'AllocationPlaced', count));
        figures.push(count / seconds);
        notes.push(
          `run ${run}: ${count} starts, p50 ${number(p50)} ms, p99 ${number(p99)} ms; until all were placed ${number(count / ((placed - startedAt) / 1000))} a second, the last one ${number((placed - endedAt) / 1000)} s behind the last answer`,
        );
      } finally {
        await fleet.end();
      }
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/** Creates `count` services of one tenant without starting them, and returns their ids. */
export async function makeServices(
  { api }: Parameters<typeof administrator>[0],
  token: string,
  count: number,
): Promise<string[]> {
  const make = async (service: number): Promise<string> => {
    const body = {
      name: `service ${service}`,
      type: `type-${service}`,
      config: { image: 'web:1', ports: [80] },
    };
    const {
      status,
      text,
      body: made,
    } = await api.post<{ id: string }>('/api/v1/services', body, {
      headers: bearer({ token }),
      timeout: 60_000,
    });
    if (status !== 201) throw new Error(text);
    return made.id;
  };
  const oneOfFew = pLimit(16);
  return await Promise.all(
    Array.from({ length: count }, (_, service) => oneOfFew(async () => await make(service))),
  );
}
