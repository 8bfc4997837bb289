import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OwnScope } from '../../fixtures/scope.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { embeddedWiring } from '../../fixtures/wiring/embedded.js';
import { ownDirectory, shown, startFleet } from '../fleet.js';
import { writeLivedLog } from '../lived-log.js';
import { number, quantile, type Figure, type Row } from '../row.js';

const NODES = 1_000;
/** Requests per kind of read. */
const REQUESTS = 100;
/** Number of moments of one job that a reader scrubs through. */
const MOMENTS = 50;
/** Retains ended jobs, and nodes that send no heartbeats. */
const ENV = {
  MUSTER_NODE_TIMEOUT_SECONDS: '86400',
  MUSTER_LOG_LEVEL: 'warn',
  MUSTER_ENDED_JOBS_DAYS: '0',
};

/** Measures reads of the past on a log of a million events. `MUSTER_BENCH_EVENTS` sets a different number. */
export const past: Row = {
  name: 'past',
  what: 'a page of 100 jobs as of a random moment, on a log of a million events, p99',
  sense: 'most',
  bar: 1_000,
  quickBar: 60_000,
  unit: 'ms',
  async measure({ quick }) {
    const wanted = Number(process.env['MUSTER_BENCH_EVENTS'] ?? (quick ? 10_000 : 1_000_000));
    const directory = ownDirectory();
    const scope = new OwnScope();
    try {
      const events = await writeLivedLog(directory, wanted, NODES);
      const wiring = await embeddedWiring(scope, directory);
      const build = async (history: 'on' | 'off'): Promise<{ server: Server; seconds: number }> => {
        const env = { ...ENV, MUSTER_HISTORY: history };
        const began = performance.now();
        const server = await startServer(scope, { dataDir: directory, wiring, env, readyWithin: 3_600_000 });
        await shown(server, 3_600_000);
        return { server, seconds: (performance.now() - began) / 1000 };
      };
      const without = await build('off');
      // A clean stop leaves no write-ahead log, so the sizes of the files can be compared.
      await without.server.stop();
      const bytesWithout = bytesOf(directory);
      for (const name of readdirSync(directory).filter((each) => each.startsWith('read-models')))
        rmSync(join(directory, name), { recursive: true });
      const { server, seconds } = await build('on');
      const notes: string[] = [];
      const first = await answers(server, events);
      notes.push(`first: ${first.text}`, `again: ${(await answers(server, events)).text}`);
      await server.stop();
      const bytes = bytesOf(directory) - bytesWithout;
      notes.unshift(
        `${number(events)} events: read models built in ${number(without.seconds)} s without history, in ${number(seconds)} s with it; history takes ${number(bytes / events)} bytes an event`,
      );
      await server.start(600_000);
      const restarted = await answers(server, events);
      notes.push(`after a restart: ${restarted.text}`);
      return { runs: [Math.max(first.page, restarted.page)], notes } satisfies Figure;
    } finally {
      await scope.end();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Measures how much the history slows commands. The order of the two variants alternates, because the machine's speed drifts. */
export const historyShare: Row = {
  name: 'history-share',
  what: 'commands with history on, as a share of those with it off, 64 clients',
  sense: 'least',
  bar: 0.9,
  quickBar: 0.3,
  unit: 'of the rate without it',
  async measure({ quick, runs }) {
    const load = { kind: 'submit', allocations: 1, constrained: false } as const;
    const rate = async (history: 'on' | 'off'): Promise<number> => {
      const fleet = await startFleet(100, { cpu: 100_000, memory: 1_000_000 }, 'embedded', {
        MUSTER_HISTORY: history,
      });
      try {
        await fleet.load({ ...load, count: quick ? 200 : 10_000, prefix: 'warm-' });
        const { requests, seconds } = await fleet.load({
          ...load,
          count: quick ? 1_000 : 30_000,
          prefix: 'job-',
        });
        return requests / seconds;
      } finally {
        await fleet.end();
      }
    };
    const shares: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const [first, second] = run % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
      const rates = { [first]: await rate(first), [second]: await rate(second) } as Record<
        'on' | 'off',
        number
      >;
      shares.push(rates.on / rates.off);
      notes.push(
        `run ${run + 1}: ${number(rates.on)} commands a second with it, ${number(rates.off)} without`,
      );
    }
    return { runs: shares, notes } satisfies Figure;
  },
};

async function answers(server: Server, events: number): Promise<{ page: number; text: string }> {
  // A sequence that is spread evenly over the log, the same in each run.
  const positions = Array.from({ length: REQUESTS }, (_, index) =>
    Math.floor(NODES * 2 + ((index * 0.618_034) % 1) * (events - NODES * 2 - 1)),
  );
  const jobs = Math.floor((events - NODES * 2) / 8);
  const jobAt = (share: number): string => `job-${Math.floor(share * (jobs - 1))}`;
  const document = await times(
    server,
    positions.map((position, index) => `/jobs/${jobAt((index * 0.618_034) % 1)}?as_of=${position}`),
    [200, 404],
  );
  const page = await times(
    server,
    positions.map((position) => `/jobs?limit=100&as_of=${position}`),
  );
  const scrubbed = jobAt(0.5);
  const from = Math.floor(events / 2);
  const scrub = await times(
    server,
    Array.from({ length: MOMENTS }, (_, index) => `/jobs/${scrubbed}?as_of=${from + index * 8}`),
    [200, 404],
  );
  const found = await times(
    server,
    positions.map((_, index) => `/audit/events?job=${jobAt((index * 0.381_966) % 1)}`),
  );
  const why = await times(
    server,
    positions.slice(0, 20).map((_, index) => `/audit/why/jobs/${jobAt((index * 0.618_034) % 1)}`),
  );
  return {
    page: quantile(page, 0.99),
    text: [
      `a job as of p50 ${number(quantile(document, 0.5))} ms, p99 ${number(quantile(document, 0.99))} ms`,
      `a page of 100 p50 ${number(quantile(page, 0.5))} ms, p99 ${number(quantile(page, 0.99))} ms`,
      `${MOMENTS} moments of one job p95 ${number(quantile(scrub, 0.95))} ms`,
      `events of a job p99 ${number(quantile(found, 0.99))} ms`,
      `why of a job p50 ${number(quantile(why, 0.5))} ms, longest ${number(why.at(-1) ?? 0)} ms`,
    ].join('; '),
  };
}

/** Milliseconds of each GET, sorted. */
async function times(
  server: Server,
  paths: readonly string[],
  statuses: readonly number[] = [200],
): Promise<number[]> {
  const taken: number[] = [];
  for (const path of paths) {
    const began = performance.now();
    const { status, text } = await server.api.get(path, { timeout: 60_000 });
    taken.push(performance.now() - began);
    if (!statuses.includes(status)) throw new Error(`GET ${path}: ${status} ${text.slice(0, 200)}`);
  }
  return taken.sort((one, other) => one - other);
}

function bytesOf(directory: string): number {
  return readdirSync(directory)
    .map((name) => statSync(join(directory, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
