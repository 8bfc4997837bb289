import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { connectEventStore } from '#src/engine/event-store/index.js';
import type { Api } from '../../fixtures/api.js';
import { blocked, group, specification, submitted, updated } from '../../projections/events.js';
import { startFleet } from '../fleet.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { processorTime, shareOfEach, type ProcessorTime } from '../processor-time.js';
import { due, JOBS, untilShown, WARM_UP_SECONDS } from './job-updates.js';

/** Updates that are appended together, each followed by the scheduler's event, and the number of such turns a second. */
const TOGETHER = 5;
const TURNS_A_SECOND = 50;
/** One in this many updates is checked with a GET. */
const LOOKED_AT = 10;

/**
 * The lag of the read models alone: commands and scheduling run elsewhere, and their events arrive over the event store's protocol at an even pace.
 */
export const modelLag: Row = {
  name: 'model-lag',
  what: 'from an append to a GET that shows it, 500 events a second over 100 jobs, one server for reads, after 20 seconds that warm up, p99',
  sense: 'most',
  bar: 200,
  quickBar: 60_000,
  unit: 'ms',
  wirings: ['production'],
  async measure({ quick, runs, wiring }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const fleet = await startFleet(0, undefined, wiring, { MUSTER_ROLES: 'api,projector' });
      if (fleet.server.log.kind !== 'esdb')
        throw new Error('this row writes to the event store next to the server');
      const store = await connectEventStore(fleet.server.log);
      try {
        const { samples, events, seconds, before } = await sample(
          store,
          fleet.server.api,
          quick ? { warmUp: 0, seconds: 3 } : { warmUp: WARM_UP_SECONDS, seconds: 30 },
        );
        figures.push(quantile(samples, 0.99));
        notes.push(
          `run ${run + 1}: ${number(events / seconds)} events a second, ${samples.length} looks; p50 ${number(quantile(samples, 0.5))} ms, p90 ${number(quantile(samples, 0.9))} ms, p99 ${number(quantile(samples, 0.99))} ms, ` +
            `longest ${number(quantile(samples, 1))} ms; processor time an event ${shareOfEach(before, processorTime(), events)}`,
        );
      } finally {
        await store.close();
        await fleet.end();
      }
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

interface Sampled {
  readonly samples: readonly number[];
  readonly events: number;
  readonly seconds: number;
  /** Processor time at the end of the warm-up. */
  readonly before: ProcessorTime;
}

/**
 * Appends updates and the scheduler's events at an even pace, without waiting for earlier acknowledgements. After the warm-up it checks some with a
 * GET.
 */
async function sample(
  store: EventStore,
  api: Api,
  { warmUp, seconds }: { readonly warmUp: number; readonly seconds: number },
): Promise<Sampled> {
  const looks: Promise<number>[] = [];
  const appends: Promise<unknown>[] = [];
  const first = warmUp * TURNS_A_SECOND;
  const turns = first + seconds * TURNS_A_SECOND;
  let before = processorTime();
  let answers: Promise<unknown> = Promise.resolve();
  let answered = -1;
  const began = performance.now();
  for (let turn = 0; turn < turns; turn += 1) {
    await due(began, turn, TURNS_A_SECOND);
    if (turn === first) before = processorTime();
    const batch = Array.from({ length: TOGETHER }, (_, index) => {
      const place = turn * TOGETHER + index;
      return {
        place,
        jobId: `job-${place % JOBS}`,
        version: Math.floor(place / JOBS),
        evaluationId: randomUUID(),
      };
    });
    const updates = batch.map(async ({ place, jobId, version, evaluationId }) => {
      const sent = performance.now();
      const event = (version === 0 ? submitted : updated)(
        jobId,
        specification(group('main', 1, `sleep ${place}`)),
        evaluationId,
      );
      const { position } = await append(store, `job-${jobId}`, version - 1, [event]);
      if (turn >= first && place % LOOKED_AT === 0)
        looks.push(waitedForLater(untilShown(api, jobId, String(position), sent)));
    });
    appends.push(...updates.map(waitedForLater));
    const answer = Promise.all([answers, ...updates]).then(async () => {
      const revision = answered;
      answered += batch.length;
      await append(
        store,
        'scheduler',
        revision,
        batch.map(({ jobId, version, evaluationId }) => blocked(jobId, evaluationId, version)),
      );
    });
    answers = waitedForLater(answer);
  }
  await Promise.all([...appends, answers]);
  const samples = (await Promise.all(looks)).sort((a, b) => a - b);
  return {
    samples,
    events: 2 * (turns - first) * TOGETHER,
    seconds: (performance.now() - began) / 1000 - warmUp,
    before,
  };
}

/** Handles an early rejection: it would end the process before anything awaits it, without showing the reason. */
function waitedForLater<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => undefined);
  return work;
}

async function append(
  store: EventStore,
  stream: string,
  revision: number,
  events: readonly MusterEvent[],
): Promise<{ readonly position: bigint }> {
  const id = randomUUID();
  const stored = events.map((event) => ({
    id: randomUUID(),
    ...encode(event, {
      $correlationId: id,
      $causationId: id,
      at: Date.now(),
      surface: 'cluster',
      actor: 'anonymous',
    }),
  }));
  return await store.append({ stream, expected: revision < 0 ? 'no_stream' : revision, events: stored });
}
