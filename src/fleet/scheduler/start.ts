import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/clock/system-clock.js';
import type { Clock } from '#domain/ports/clock.js';
import { MusterError } from '#domain/errors/index.js';
import type { DefaultLimits, Holder } from '#domain/quota/index.js';
import type { DryRun, DryRunAsked, PortRange, QuotaUsage } from '#domain/scheduling/index.js';
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
  /** Whether nodes are reserved for the job that has waited longest. Default true. */
  readonly reserves?: boolean;
  /** Limits of tenants and accounts that have none of their own, the same on every server. @default none */
  readonly quotas?: DefaultLimits;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** False: it only folds the log, and tells what would be planned. */
  readonly plans?: boolean;
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
  /** What it would do with a job, by the log up to `reached` at least. Nothing is planned. Error: `MUSTER_E_OVERLOADED`. */
  dryRun(asked: DryRunAsked, reached: bigint | undefined): Promise<DryRun>;
  /** How much these tenants and accounts hold, and may; all who hold something where none are named. Error: `MUSTER_E_OVERLOADED`. */
  quotaUsage(holders: readonly Holder[] | undefined, reached: bigint | undefined): Promise<readonly QuotaUsage[]>;
  /** Of the same moment. */
  timings(): SchedulerTimings | undefined;
}

/** A thread that was not heard for so long (ms) is stuck: it says how it is each second. */
const SILENT_MS = 20_000;
/** Dry runs that wait for their answer at once: planning comes first. */
const MOST_DRY_RUNS = 16;

/** Starts a scheduler. It plans from the moment it has folded the log. */
export function startScheduler({
  eventStoreHandle,
  directory,
  instance,
  portRange,
  reserves = true,
  quotas,
  clock = systemClock,
  plans = true,
}: StartSchedulerOptions): RunningScheduler {
  const start: SchedulerStart = { handle: eventStoreHandle, directory, instance, portRange, reserves, quotas, plans };
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
  const asking = new Map<number, { readonly resolve: (answer: SchedulerMessage) => void; readonly reject: (error: Error) => void }>();
  let asked = 0;
  const fail = (error: Error): void => {
    failed ??= error.message;
    resolveFatal(error);
  };
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      if (!stopping) fail(new Error(`the scheduler's thread ended with ${code}`));
      for (const { reject } of asking.values()) reject(gone());
      asking.clear();
      resolve();
    });
  });
  worker.on('message', (message: SchedulerMessage) => {
    heardAt = clock.monotonic();
    if (message.kind === 'metrics') ({ metrics, timings } = message);
    else if (message.kind === 'failed') fail(failure(message));
    else if (message.kind === 'dry-run' || message.kind === 'quotas' || message.kind === 'dry-run-failed') {
      const waiting = asking.get(message.number);
      asking.delete(message.number);
      if (message.kind !== 'dry-run-failed') waiting?.resolve(message);
      else
        waiting?.reject(message.overloaded === undefined ? new Error(message.message) : new MusterError('MUSTER_E_OVERLOADED', { what: message.overloaded }));
    }
  });
  worker.on('error', (error: Error) => fail(error));
  const ask = async (orderOf: (number: number) => SchedulerOrder): Promise<SchedulerMessage> => {
    if (stopping || failed !== undefined) throw gone();
    if (asking.size >= MOST_DRY_RUNS) throw new MusterError('MUSTER_E_OVERLOADED', { what: `${asking.size} dry runs are under way` });
    const number = (asked += 1);
    return await new Promise<SchedulerMessage>((resolve, reject) => {
      asking.set(number, { resolve, reject });
      worker.postMessage(orderOf(number));
    });
  };
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
    dryRun: async (wanted, reached) => {
      const answer = await ask((number) => ({ kind: 'dry-run', number, asked: wanted, reached }));
      if (answer.kind !== 'dry-run') throw new Error(`a dry run was answered with ${answer.kind}`);
      return answer.run;
    },
    quotaUsage: async (holders, reached) => {
      const answer = await ask((number) => ({ kind: 'quotas', number, holders, reached }));
      if (answer.kind !== 'quotas') throw new Error(`a question for quotas was answered with ${answer.kind}`);
      return answer.usage;
    },
    stop: async () => {
      stopping = true;
      worker.postMessage({ kind: 'stop' } satisfies SchedulerOrder);
      await exit;
    },
  };
}

function gone(): MusterError {
  return new MusterError('MUSTER_E_OVERLOADED', { what: 'the scheduler is not at work' });
}

function failure({ message, code, stack }: Extract<SchedulerMessage, { kind: 'failed' }>): Error {
  const error = new Error(code === undefined ? message : `${code}: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
