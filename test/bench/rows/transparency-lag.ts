import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { ALL_CATEGORIES, encode } from '#domain/event-types/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startTransparency } from '#src/engine/transparency/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { stopped } from '../../projections/events.js';
import { ownDirectory } from '../fleet.js';
import { number, quantile, type Figure, type Row } from '../row.js';

const EVENTS_A_SECOND = 20_000;
const BATCH = 200;
/** Maximum number of appends that are under way. */
const MAX_UNDER_WAY = 64;
const SAMPLE_MS = 50;
/** Milliseconds that an event waits before it may be in the tree (`SETTLED_MS` of the follower). */
const SETTLED_MS = 2_000;

/** From an append until the event is in the Merkle tree, less the two seconds for which every event waits, while the log grows at an even pace. */
export const transparencyLag: Row = {
  name: 'transparency-lag',
  what: 'how long an event that is two seconds old waits for the Merkle tree, 20,000 events a second, longest',
  sense: 'most',
  bar: 1_000,
  quickBar: 30_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { lags, behind, rate, thread } = await burst(quick ? 5 : 30);
      figures.push(quantile(lags, 1) - SETTLED_MS);
      notes.push(
        `run ${run + 1}: ${number(rate)} events a second; the oldest event outside the tree was p50 ${number(quantile(lags, 0.5))} ms, p99 ${number(quantile(lags, 0.99))} ms, at most ${number(quantile(lags, 1))} ms old; at most ${number(quantile(behind, 1))} events were outside; its thread took ${number(thread.microseconds)} µs of processor time an event, and waited for a processor for ${number(thread.waited * 100)} % of the time`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

interface Burst {
  /** Ages of the oldest event outside the tree, in milliseconds, and numbers of such events. Both are sorted. */
  readonly lags: readonly number[];
  readonly behind: readonly number[];
  readonly rate: number;
  readonly thread: ThreadTime;
}

interface ThreadTime {
  /** Processor time of an event in the tree, in microseconds. */
  readonly microseconds: number;
  /** Share of the time in which the thread could have run, but other work had the processors. */
  readonly waited: number;
}

/** Finds the follower's thread by its nice value (`NICENESS` of its worker), which no other thread of this process has. */
async function followersThread(): Promise<string> {
  return await eventually(
    () => {
      const found = readdirSync('/proc/self/task').find((id) => {
        const [, fields = ''] = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ');
        return fields.split(' ')[16] === '15';
      });
      return Promise.resolve(found);
    },
    { timeout: 60_000, what: "the follower's thread" },
  );
}

function timeOf(thread: string, events: number, elapsedMs: number): ThreadTime {
  const [ran = 0, waited = 0] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8')
    .split(' ')
    .map(Number);
  return { microseconds: ran / 1000 / events, waited: waited / 1e6 / elapsedMs };
}

async function burst(seconds: number): Promise<Burst> {
  const directory = ownDirectory();
  const store = await openSqliteEventStore({ directory });
  const follower = startTransparency(
    {
      handle: store.handle(),
      directory,
      categories: ALL_CATEGORIES,
      seed: randomBytes(32),
      witnesses: [],
      quorum: 0,
    },
    { onFailure: ({ problem }) => console.error(problem), onDamage: (file) => console.error(file) },
  );
  const event = encode(stopped('bench'), { $correlationId: randomUUID(), $causationId: randomUUID(), at: 1 });
  /** When each batch was durable. */
  const durable: number[] = [];
  const [lags, behind]: number[][] = [[], []];
  let ended = false;
  const sampling = (async () => {
    while (!ended) {
      await pause(SAMPLE_MS);
      const { size } = follower.status();
      const oldest = durable[Math.floor(size / BATCH)];
      lags!.push(oldest === undefined ? 0 : performance.now() - oldest);
      behind!.push(durable.length * BATCH - size);
    }
  })();
  try {
    const id = await followersThread();
    const began = performance.now();
    const batches = (seconds * EVENTS_A_SECOND) / BATCH;
    const under = new Set<Promise<void>>();
    for (let batch = 0; batch < batches; batch += 1) {
      const wait = began + (batch * BATCH * 1000) / EVENTS_A_SECOND - performance.now();
      if (wait > 0) await pause(wait);
      // On a busy machine, the log may be slower than the pace.
      if (under.size >= MAX_UNDER_WAY) await Promise.race(under);
      const events = Array.from({ length: BATCH }, () => ({ id: randomUUID(), ...event }));
      const appended = store
        .append({ stream: `job-${batch}`, expected: 'no_stream', events })
        .then(() => void durable.push(performance.now()))
        .finally(() => under.delete(appended));
      under.add(appended);
    }
    await Promise.all(under);
    const elapsed = performance.now() - began;
    const rate = (batches * BATCH * 1000) / elapsed;
    const thread = timeOf(id, follower.status().size, elapsed);
    ended = true;
    await sampling;
    const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
    return { lags: sorted(lags!), behind: sorted(behind!), rate, thread };
  } finally {
    ended = true;
    await follower.stop();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
