import { readRecorded } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { planLogProblems } from '../../fixtures/plan-log.js';
import { decode } from '#test/fixtures/muster-events.js';
import { startFleet, quiet, type Fleet } from '../fleet.js';
import { residentMemory } from '../memory.js';
import { number, quantile, type BenchOptions, type Figure, type Row } from '../row.js';

/** One way to request a hundred thousand allocations. */
interface Form {
  readonly jobs: number;
  readonly allocations: number;
  readonly constrained: boolean;
}

export interface Placed {
  readonly rate: number;
  readonly notes: readonly string[];
  /** Last fifth's rate as a share of the first fifth's. */
  readonly lastToFirst: number;
  readonly memory: { readonly now: number; readonly peak: number };
}

export const NODES = 5_000;
export const ALLOCATIONS = 100_000;

/** Submits the jobs and waits until every allocation's placement is in the log. */
export async function place(fleet: Fleet, { jobs, allocations, constrained }: Form): Promise<Placed> {
  const wanted = jobs * allocations;
  const load = await fleet.load({ kind: 'submit', count: jobs, allocations, prefix: 'job-', constrained });
  const { log, placements, memory } = await allPlaced(fleet, wanted);
  const problems = planLogProblems(log.map(decode));
  if (problems.length > 0) throw new Error(`the plan log is not sound: ${problems.slice(0, 3).join('; ')}`);

  const times = placements.map((event) => event.created);
  const at = (index: number): number => times[Math.min(times.length - 1, index)] ?? Number.NaN;
  const fifth = wanted / 5;
  const first = fifth / ((at(fifth) - load.startedAt) / 1000);
  const last = fifth / ((at(wanted) - at(wanted - fifth)) / 1000);
  const rate = wanted / ((at(wanted) - load.startedAt) / 1000);
  return {
    rate,
    lastToFirst: last / first,
    memory,
    notes: [
      `${number(rate)} placements a second; first fifth ${number(first)}, last fifth ${number(last)} a second; the ${jobs} commands took ${number(load.seconds)} s, p99 ${number(load.p99)} ms; ` +
        `memory ${number(memory.now)} MiB, at its highest ${number(memory.peak)} MiB; ${await latency(fleet, placements)}`,
    ],
  };
}

/** Returns the log once it is quiet and has all placements. On a busy machine it may be quiet earlier, so this retries. */
async function allPlaced({ server }: Fleet, wanted: number) {
  const look = async () => {
    await quiet(server, 300_000);
    const memory = residentMemory(server.pid);
    const log = await readRecorded(server, { streamPrefixes: ['scheduler', 'cluster'] });
    const placements = log.filter((event) => event.type === 'AllocationPlaced');
    if (placements.length !== wanted)
      throw new Error(`${placements.length} of ${wanted} allocations were placed`);
    return { log, placements, memory };
  };
  return await eventually(look, { timeout: 60_000, what: 'every placement' });
}

async function latency(
  fleet: Fleet,
  placements: readonly { readonly data: string; readonly created: number }[],
): Promise<string> {
  const submitted = new Map(
    (await readRecorded(fleet.server, { types: ['JobSubmitted'] })).map((event) => [
      event.stream.slice('job-'.length),
      event.created,
    ]),
  );
  const waits = placements
    .map(
      (event) =>
        event.created - (submitted.get((JSON.parse(event.data) as { jobId: string }).jobId) ?? Number.NaN),
    )
    .sort((a, b) => a - b);
  return `from command to placement p50 ${quantile(waits, 0.5)} ms, p99 ${quantile(waits, 0.99)} ms`;
}

async function measure(form: Form, { quick, runs, wiring }: BenchOptions): Promise<Figure> {
  const scaled = quick ? { ...form, jobs: form.jobs / 50 } : form;
  const placed: Placed[] = [];
  for (let run = 0; run < runs; run += 1) {
    const fleet = await startFleet(quick ? NODES / 50 : NODES, undefined, wiring);
    try {
      placed.push(await place(fleet, scaled));
    } finally {
      await fleet.end();
    }
  }
  const shares = placed.map((each) => each.lastToFirst).sort((a, b) => a - b);
  const share = shares[Math.floor(shares.length / 2)] ?? Number.NaN;
  return {
    runs: placed.map((each) => each.rate),
    notes: placed.flatMap((each) => each.notes),
    ...(share < 0.8
      ? { broken: `the last fifth ran at ${(share * 100).toFixed(0)} % of the first fifth's rate` }
      : {}),
  };
}

const common = { sense: 'least', bar: 5_000, quickBar: 10, unit: 'a second' } as const;

export const placementsOfHundred: Row = {
  ...common,
  name: 'placements-of-100',
  nomad: 933,
  wirings: ['embedded', 'production'],
  what: `placements, command accepted to placement durable, ${NODES.toLocaleString('en-US')} nodes: 1,000 jobs of 100 in 10 constraint shapes`,
  measure: (options) => measure({ jobs: ALLOCATIONS / 100, allocations: 100, constrained: true }, options),
};

export const placementsOfOne: Row = {
  ...common,
  name: 'placements-of-1',
  nomad: 218,
  what: `placements, command accepted to placement durable, ${NODES.toLocaleString('en-US')} nodes: 100,000 jobs of one`,
  measure: (options) => measure({ jobs: ALLOCATIONS, allocations: 1, constrained: false }, options),
};
