import { number, type Figure, type Row } from '../row.js';
import { underLoad } from '../floors/index.js';
import { quiet, startFleet } from '../fleet.js';
import type { Load } from '../load/requests.js';
import { processorTime, shareOfEach } from '../processor-time.js';

/** `POST /jobs`: each response follows the fsync of its event. Placement and read models go on in the background. */
export const commands: Row = {
  name: 'commands',
  what: 'commands over HTTP, fsync before the answer, 64 clients, after 10,000 that warm the server up',
  sense: 'least',
  floor: 'b',
  bar: 0.3,
  quickBar: 10,
  unit: 'a second',
  nomad: 2_362,
  wirings: ['embedded', 'production'],
  async measure({ quick, runs, wiring }) {
    const count = quick ? 1_000 : 30_000;
    // A server spends its first seconds on JIT compilation. The figure is its rate after that.
    const warm = quick ? 0 : 10_000;
    const warming = {
      kind: 'submit',
      count: warm,
      allocations: 1,
      prefix: 'warm-',
      constrained: false,
    } as const;
    const measured = { ...warming, count, prefix: 'job-' };
    const figures: number[] = [];
    const floors: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(100, { cpu: 100_000, memory: 1_000_000 }, wiring);
      try {
        const first = warm === 0 ? undefined : await fleet.load(warming);
        const before = processorTime();
        const result = await fleet.load(measured);
        const taken = shareOfEach(before, processorTime(), count);
        figures.push(count / result.seconds);
        notes.push(
          `run ${run + 1}: POST /jobs p50 ${number(result.p50)} ms, p99 ${number(result.p99)} ms, longest ${number(result.max)} ms; the load generator took ${number(result.cpuSeconds)} s of ${number(result.seconds)}${first === undefined ? '' : `; the first 10,000 went at ${number(warm / first.seconds)} a second`}`,
        );
        if (wiring === 'production') notes.push(`run ${run + 1}: processor time a command ${taken}`);
        if (run === 0 && wiring === 'embedded') {
          await quiet(fleet.server, 60_000);
          const templates = await fleet.load({ kind: 'template', count });
          notes.push(
            `POST /templates, which nothing is planned for: ${number(count / templates.seconds)} a second, p99 ${number(templates.p99)} ms`,
          );
        }
      } finally {
        await fleet.end();
      }
      if (wiring === 'embedded') {
        const loads: readonly Load[] = warm === 0 ? [measured] : [warming, measured];
        const bare = await underLoad('answers', loads);
        const durable = await underLoad('inserts', loads);
        floors.push(count / durable.seconds);
        notes.push(
          `run ${run + 1}, floors: (a) ${number(count / bare.seconds)} a second, p99 ${number(bare.p99)} ms; (b) ${number(count / durable.seconds)} a second, p99 ${number(durable.p99)} ms`,
        );
      }
    }
    return { runs: figures, ...(wiring === 'embedded' && { floors }), notes } satisfies Figure;
  },
};
