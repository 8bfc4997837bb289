import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { DefaultLimits, Holder } from '#domain/accounts/quota/index.js';
import type { DryRun, DryRunRequest, PortRange, QuotaUsage } from '#domain/scheduling/index.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import { watchThread } from '#src/engine/metrics/index.js';
import type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';
import type { SchedulerMessage, SchedulerOrder, SchedulerStart } from './worker-messages.js';

export interface StartSchedulerOptions {
  /** `store.handle()` of the thread that owns the event store; transferred to the scheduler's thread. */
  readonly eventStoreHandle: EventStoreHandle;
  readonly directory?: string;
  readonly instance: string;
  readonly portRange?: PortRange;
  readonly reserves?: boolean;
  /** Limits for tenants and accounts without individual limits; must be the same on every server. @default none */
  readonly quotas?: DefaultLimits;
  /** Maximum number of waiting runs that start per second. @default unlimited */
  readonly runStarts?: number;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** If false, only folds the log, for dry runs. */
  readonly plans?: boolean;
}

export interface RunningScheduler {
  /** Finishes work in progress and writes a snapshot. Does not reject. */
  stop(): Promise<void>;
  /**
   * Resolves when the scheduler has stopped after an unrecoverable error: an unknown event, a failed store or a defect. The process should exit. Never resolves
   * after `stop`.
   */
  readonly fatal: Promise<Error>;
  metrics(): SchedulerMetrics | undefined;
  /** Returns why it is not planning: it has failed, is still folding the log, or its thread does not respond. Undefined while it is healthy. */
  problem(): string | undefined;
  /** Simulates scheduling a job on a state that includes at least the log up to `reached`. Writes nothing. Throws `MUSTER_E_OVERLOADED`. */
  dryRun(asked: DryRunRequest, reached: bigint | undefined): Promise<DryRun>;
  quotaUsage(
    holders: readonly Holder[] | undefined,
    reached: bigint | undefined,
  ): Promise<readonly QuotaUsage[]>;
  timings(): SchedulerTimings | undefined;
}

/** How long the thread may send no message before it is considered stuck, in milliseconds. It normally reports every second. */
const SILENT_MS = 20_000;
/** Maximum number of waiting dry runs, because planning takes precedence. */
export const MAX_DRY_RUNS = 16;

export function startScheduler({
  eventStoreHandle,
  directory,
  instance,
  portRange,
  reserves = true,
  quotas,
  runStarts,
  clock = systemClock,
  plans = true,
}: StartSchedulerOptions): RunningScheduler {
  const start: SchedulerStart = {
    handle: eventStoreHandle,
    directory,
    instance,
    portRange,
    reserves,
    quotas,
    runStarts,
    plans,
  };
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
  const asking = new Map<
    number,
    { readonly resolve: (answer: SchedulerMessage) => void; readonly reject: (error: Error) => void }
  >();
  let asked = 0;
  const fail = (error: Error): void => {
    failed ??= error.message;
    resolveFatal(error);
  };
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      if (!stopping) fail(new Error(`the scheduler thread ended with exit code ${code}`));
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
        waiting?.reject(
          message.overloaded === undefined
            ? new Error(message.message)
            : new MusterError('MUSTER_E_OVERLOADED', { what: message.overloaded }),
        );
    }
  });
  worker.on('error', (error: Error) => fail(error));
  const ask = async (orderOf: (number: number) => SchedulerOrder): Promise<SchedulerMessage> => {
    if (stopping || failed !== undefined) throw gone();
    if (asking.size >= MAX_DRY_RUNS)
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `${asking.size} dry runs are in progress` });
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
      if (!metrics.caughtUp) return `reading the log, at position ${metrics.position}`;
      const silent = clock.monotonic() - heardAt;
      if (silent > SILENT_MS) return `no message from its thread for ${Math.round(silent / 1000)} s`;
      return undefined;
    },
    dryRun: async (wanted, reached) => {
      const answer = await ask((number) => ({ kind: 'dry-run', number, asked: wanted, reached }));
      if (answer.kind !== 'dry-run') throw new Error(`unexpected response to a dry run: ${answer.kind}`);
      return answer.run;
    },
    quotaUsage: async (holders, reached) => {
      const answer = await ask((number) => ({ kind: 'quotas', number, holders, reached }));
      if (answer.kind !== 'quotas') throw new Error(`unexpected response to a quota query: ${answer.kind}`);
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
  return new MusterError('MUSTER_E_OVERLOADED', { what: 'the scheduler is not running' });
}

function failure({ message, code, stack }: Extract<SchedulerMessage, { kind: 'failed' }>): Error {
  const error = new Error(code === undefined ? message : `${code}: ${message}`);
  if (stack !== undefined) error.stack = stack;
  return error;
}
