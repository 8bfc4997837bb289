import { quiet, startFleet, type Fleet } from '../fleet.js';
import { FAULTS, LIMIT_BODIES } from '../load/limit-bodies.js';
import type { Load } from '../load/requests.js';
import { cpuSeconds } from '../processor-time.js';
import { number, type Figure, type Row } from '../row.js';

const GOOD_A_SECOND = 300;
const REFUSED_A_SECOND = 1_000;
const QUIET_MS = 60_000;

/**
 * What bad requests cost. The figure compares the p99 of good commands with and without a thousand refused requests per second. In addition, a refused
 * body at each limit must not take more processor time than the same body without its fault.
 */
export const commandsRefused: Row = {
  name: 'commands-refused',
  what: `p99 of ${GOOD_A_SECOND} commands a second while ${REFUSED_A_SECOND} requests a second are refused, as a multiple of the p99 without them`,
  sense: 'most',
  bar: 2,
  and: 'a refused body at each limit takes no more processor time than an accepted one',
  quickBar: 100,
  unit: 'times',
  async measure({ quick, runs }) {
    const seconds = quick ? 2 : 20;
    const figures: number[] = [];
    const notes: string[] = [];
    const dear = new Set<string>();
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(100, { cpu: 100_000, memory: 1_000_000 });
      try {
        const good = (prefix: string): Promise<{ readonly p99: number }> => {
          const count = GOOD_A_SECOND * seconds;
          const load = { kind: 'submit', count, allocations: 1, prefix, constrained: false } as const;
          return fleet.load(load, 64, GOOD_A_SECOND);
        };
        if (!quick) await good('warm-');
        const alone = await good('alone-');
        await quiet(fleet.server, QUIET_MS);
        const refused = { kind: 'mistake', count: REFUSED_A_SECOND * seconds } as const;
        const [along] = await Promise.all([good('along-'), fleet.load(refused, 64, REFUSED_A_SECOND)]);
        figures.push(along.p99 / alone.p99);
        notes.push(
          `run ${run + 1}: p99 ${number(alone.p99)} ms alone, ${number(along.p99)} ms with refused requests`,
        );
        for (const body of LIMIT_BODIES) {
          const sent = { kind: 'limit', count: quick ? 5 : 200, body } as const;
          await quiet(fleet.server, QUIET_MS);
          const accepted = await millisecondsOf(fleet, { ...sent, prefix: `${body}-` });
          const costs: string[] = [];
          for (const fault of FAULTS) {
            const cost = await millisecondsOf(fleet, { ...sent, prefix: `${body}-`, fault });
            costs.push(`${number(cost)} with a fault in ${fault}`);
            if (cost > accepted) dear.add(`${body}, fault in ${fault}: ${number(cost / accepted)} times`);
          }
          notes.push(
            `run ${run + 1}: ${body}: ${number(accepted)} ms of the server accepted, ${costs.join(', ')}`,
          );
        }
      } finally {
        await fleet.end();
      }
    }
    const broken = dear.size === 0 ? undefined : `refused bodies cost more: ${[...dear].join('; ')}`;
    return { runs: figures, notes, ...(broken !== undefined && { broken }) } satisfies Figure;
  },
};

/** Returns the server's processor time per request, with what follows in the background. */
async function millisecondsOf(fleet: Fleet, load: Load): Promise<number> {
  const before = cpuSeconds(fleet.server.pid);
  await fleet.load(load, 4);
  await quiet(fleet.server, QUIET_MS);
  return ((cpuSeconds(fleet.server.pid) - before) * 1000) / load.count;
}
