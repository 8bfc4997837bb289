import { underLoad } from '../floors/index.js';
import { shown, startFleet } from '../fleet.js';
import { residentMemory } from '../memory.js';
import { median, number, type Figure, type Row } from '../row.js';
import { ALLOCATIONS, NODES, place } from './placements.js';

/** Upper bound of the p99, as a multiple of the floor's p99. */
const P99_OF_FLOOR = 5;

export const getJob: Row = {
  name: 'get-job',
  what: 'GET of one job among 100,000, 64 clients',
  sense: 'least',
  floor: 'a',
  bar: 0.6,
  and: `p99 under ${P99_OF_FLOOR} times that of (a)`,
  quickBar: 60,
  unit: 'a second',
  wirings: ['embedded', 'production'],
  async measure({ quick, runs, wiring }) {
    // At a thousand updates a second, MongoDB would need minutes to store them all.
    const jobs = quick ? ALLOCATIONS / 50 : wiring === 'production' ? ALLOCATIONS / 20 : ALLOCATIONS;
    const count = quick ? 3_000 : 100_000;
    const fleet = await startFleet(
      quick ? NODES / 50 : wiring === 'production' ? NODES / 20 : NODES,
      undefined,
      wiring,
    );
    try {
      await place(fleet, { jobs, allocations: 1, constrained: false });
      await shown(fleet.server, 600_000);
      const figures: number[] = [];
      const floors: number[] = [];
      const slower: number[] = [];
      const notes: string[] = [];
      const load = { kind: 'get', count, among: jobs, prefix: 'job-' } as const;
      const answer: unknown = (await fleet.server.api.get('/jobs/job-0')).body;
      for (let run = 0; run < runs; run += 1) {
        const result = await fleet.load(load);
        // Loaded twice, because the real server is already warm from a hundred thousand requests.
        const bare = await underLoad({ job: answer }, [load, load]);
        figures.push(count / result.seconds);
        floors.push(count / bare.seconds);
        slower.push(result.p99 / bare.p99);
        notes.push(
          `run ${run + 1}: among ${jobs.toLocaleString('en-US')} jobs, p50 ${number(result.p50)} ms, p99 ${number(result.p99)} ms, longest ${number(result.max)} ms; ` +
            `(a) ${number(count / bare.seconds)} a second, p99 ${number(bare.p99)} ms`,
        );
      }
      const times = median(slower);
      return {
        runs: figures,
        floors,
        notes: [...notes, `p99 ${number(times)} times that of (a)`],
        ...(times < P99_OF_FLOOR ? {} : { broken: `p99 ${number(times)} times that of (a)` }),
      } satisfies Figure;
    } finally {
      await fleet.end();
    }
  },
};

export const memory: Row = {
  name: 'memory',
  what: 'server memory (resident, all threads, at its highest) with 5,000 nodes and 100,000 allocations',
  sense: 'most',
  bar: 1_024,
  quickBar: 1_024,
  unit: 'MiB',
  async measure({ quick }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (const [allocations, what] of [
      [1, '100,000 jobs of one'],
      [100, '1,000 jobs of 100'],
    ] as const) {
      const fleet = await startFleet(quick ? NODES / 50 : NODES);
      try {
        const placed = await place(fleet, {
          jobs: (quick ? ALLOCATIONS / 50 : ALLOCATIONS) / allocations,
          allocations,
          constrained: allocations > 1,
        });
        figures.push(placed.memory.peak);
        notes.push(
          `${what}: ${number(placed.memory.now)} MiB when all was placed, ${number(placed.memory.peak)} MiB at its highest`,
        );
        // The bound also holds for a server that starts on this log.
        await fleet.server.stop();
        await fleet.server.start(120_000);
        const again = residentMemory(fleet.server.pid);
        figures.push(again.peak);
        notes.push(
          `${what}, after a restart: ${number(again.now)} MiB, ${number(again.peak)} MiB at its highest`,
        );
      } finally {
        await fleet.end();
      }
    }
    // The worst figure counts, not the median.
    return { runs: [Math.max(...figures)], notes } satisfies Figure;
  },
};
