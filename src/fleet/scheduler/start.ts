import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/clock/system-clock.js';
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
  /** Directory of its snapshots; undefined for a scheduler that should write none. */
  readonly directory?: string;
  readonly instance: string;
  readonly portRange?: PortRange;
  /** Whether nodes are reserved for the job that has waited longest. @default true */
  readonly reserves?: boolean;
  /** Limits of tenants and accounts without their own; must be the same on every server. @default none */
  readonly quotas?: DefaultLimits;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** False: only folds the log, for dry runs. */
  readonly plans?: boolean;
}

export interface RunningScheduler {
  /** Finishes work in progress and writes a snapshot. Does not reject. */
  stop(): Promise<void>;
  /**
   * Resolves when the scheduler has stopped on an error that it cannot continue after: an unknown event, a failed store, a defect. The process should
   * exit. Never resolves after `stop`.
   */
  readonly fatal: Promise<Error>;
  /** About a second old; undefined until the first are known. */
  metrics(): SchedulerMetrics | undefined;
  /** Why it does not plan: it has failed, is still folding the log, or its thread does not respond. Undefined while it is healthy. */
  problem(): string | undefined;
  /** Simulates the scheduling of a job with at least the log up to `reached`. Nothing is planned. Throws `MUSTER_E_OVERLOADED`. */
  dryRun(asked: DryRunRequest, reached: bigint | undefined): Promise<DryRun>;
  /** Usage and limits of these tenants and accounts; by default of all that use something. Throws `MUSTER_E_OVERLOADED`. */
  quotaUsage(
    holders: readonly Holder[] | undefined,
    reached: bigint | undefined,
  ): Promise<readonly QuotaUsage[]>;
  timings(): SchedulerTimings | undefined;
}

/** Milliseconds without a message after which the thread counts as stuck; it normally reports every second. */
const SILENT_MS = 20_000;
/** Maximum number of waiting dry runs, because planning comes first. */
const MAX_DRY_RUNS = 16;

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
  const start: SchedulerStart = {
    handle: eventStoreHandle,
    directory,
    instance,
    portRange,
    reserves,
    quotas,
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
      throw new MusterError('MUSTER_E_OVERLOADED', { what: `${asking.size} dry runs are under way` });
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
