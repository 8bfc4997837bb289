import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/clock/system-clock.js';
import type { Clock } from '#domain/ports/clock.js';
import type { PortRange } from '#domain/scheduling/index.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import { watchThread } from '#src/engine/metrics/index.js';
import type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';
import type { SchedulerMessage, SchedulerOrder, SchedulerStart } from './worker-messages.js';

export interface StartSchedulerOptions {
  /** `store.handle()` of the thread that owns the event store; given away to the scheduler's thread. */
  readonly eventStoreHandle: EventStoreHandle;
  /** Where its snapshots are kept; absent for a scheduler that should keep none. */
  readonly directory?: string;
  /** A UUID made for this start. */
  readonly instance: string;
  /** Where host ports are chosen. */
  readonly portRange?: PortRange;
  readonly clock?: Pick<Clock, 'monotonic'>;
}

/** A scheduler in a thread of its own. */
export interface RunningScheduler {
  /** Ends it after what is under way, with a snapshot. Does not reject. */
  stop(): Promise<void>;
  /** Resolves when it can't go on: an event that this program does not know, a store that failed, a defect. It has ended then; the process should. Never after `stop`. */
  readonly fatal: Promise<Error>;
  /** As of about a second ago; undefined until the first are known. */
  metrics(): SchedulerMetrics | undefined;
  /** Why it does not plan: it has failed, it has yet to fold the log to its end, or its thread is silent. Undefined while it is well. */
  problem(): string | undefined;
  /** Of the same moment. */
  timings(): SchedulerTimings | undefined;
}

/** A thread that was not heard for so long (ms) is stuck: it says how it is each second. */
const SILENT_MS = 20_000;

/** Starts a scheduler. It plans from the moment it has folded the log. */
export function startScheduler({ eventStoreHandle, directory, instance, portRange, clock = systemClock }: StartSchedulerOptions): RunningScheduler {
  const start: SchedulerStart = { handle: eventStoreHandle, directory, instance, portRange };
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'scheduler',
    workerData: start,
    transferList: transferables(eventStoreHandle),
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
  });
  watchThread('scheduler', worker);
  let metrics: SchedulerMetrics | undefined;
  let timings: SchedulerTimings | undefined;
  let stopping = false;
  let failed: string | undefined;
  let heardAt: number | undefined;
  let resolveFatal: (error: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => {
    resolveFatal = resolve;
  });
  const fail = (error: Error): void => {
    failed ??= error.message;
    resolveFatal(error);
  };
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      if (!stopping) fail(new Error(`the scheduler's thread ended with ${code}`));
      resolve();
    });
  });
  worker.on('message', (message: SchedulerMessage) => {
    heardAt = clock.monotonic();
    if (message.kind === 'metrics') ({ metrics, timings } = message);
    else if (message.kind === 'failed') fail(failure(message));
  });
  worker.on('error', (error: Error) => fail(error));
  return {
    fatal,
    metrics: () => metrics,
    timings: () => timings,
    problem: () => {
      if (failed !== undefined) return failed;
      if (heardAt === undefined || metrics === undefined) return 'starting';
      if (!metrics.caughtUp) return `it folds the log, and is at position ${metrics.position}`;
      const silent = clock.monotonic() - heardAt;
      if (silent > SILENT_MS) return `its thread was not heard for ${Math.round(silent / 1000)} s`;
      return undefined;
    },
    stop: async () => {
      stopping = true;
      worker.postMessage({ kind: 'stop' } satisfies SchedulerOrder);
      await exit;
    },
  };
}

function failure({ message, code, stack }: Extract<SchedulerMessage, { kind: 'failed' }>): Error {
  const error = new Error(code === undefined ? message : `${code}: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
