import { backOff } from '#domain/kernel/back-off.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { NO_QUOTAS, type DefaultLimits, type Holder } from '#domain/accounts/quota/index.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import {
  dryRun,
  hasWork,
  markEverything,
  nextDue,
  plan,
  PLAN_LIMITS,
  type DryRun,
  type DryRunRequest,
  type PlanLimits,
  type PlannedEvent,
  type PortRange,
  type QuotaUsage,
} from '#domain/scheduling/index.js';
import { Signal } from '#src/engine/concurrency/index.js';
import { AppendDurations, type AppendSnapshots } from '#src/engine/metrics/index.js';
import { measuredEventStore } from '#src/engine/event-store/index.js';
import { SnapshotSchedule } from '#src/engine/snapshots/index.js';
import { inSpan, tracedEventStore } from '#src/engine/tracing/index.js';
import { ClusterFold, type ForeignEvents } from './cluster-fold.js';
import { appendPlan, isEncodable, planRequest } from './plan-append.js';
import { isSettled, settledIn } from './dry-runs.js';
import type { EvaluationFigures } from './evaluation-meter.js';
import { readSnapshot, writeSnapshot } from './snapshot-file.js';
import { Standby } from './standby.js';

export interface SchedulerOptions {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly instance: string;
  readonly directory?: string;
  readonly limits?: PlanLimits;
  /** Range of host ports to assign; must be the same on every server. If undefined, the default range is used. */
  readonly portRange?: PortRange | undefined;
  /** Whether nodes are reserved for the job that has waited longest; must be the same on every server. @default true */
  readonly reserves?: boolean | undefined;
  /** Limits for tenants and accounts without individual limits; must be the same on every server. @default none */
  readonly quotas?: DefaultLimits | undefined;
  /** Maximum number of waiting runs that start per second. @default unlimited */
  readonly runStarts?: number | undefined;
  readonly plans?: boolean;
  readonly onCaughtUp?: () => void;
}

export interface SchedulerMetrics {
  readonly position: string;
  readonly caughtUp: boolean;
  readonly standingBy: boolean;
  readonly nodes: number;
  readonly jobs: number;
  readonly allocations: number;
  readonly queued: number;
  readonly appends: number;
  readonly planned: number;
  readonly conflicts: number;
  readonly refusals: number;
  readonly setAside: Readonly<Record<string, string>>;
  readonly snapshotFailures: number;
  readonly foreign: ForeignEvents;
}

export interface SchedulerTimings {
  readonly appends: AppendSnapshots;
  readonly evaluations: EvaluationFigures;
}

/** Interval between comparisons of all desired with all existing allocations, in milliseconds. These are a safety net. */
const COMPARE_MS = 60_000;
/** Interval at which an idle scheduler checks whether a snapshot is due, in milliseconds. */
const SNAPSHOT_CHECK_MS = 10_000;
const MAX_PAUSE_MS = 1000;
const troubleDelay = backOff({ firstMs: 20, mostMs: MAX_PAUSE_MS });

/**
 * The scheduler folds $all and appends plans (`domain/scheduling/planning/plan`) to the plan log, at the exact revision that it has folded. It
 * applies a plan when it reads it back from the log, not when it sends it. So any number of schedulers may run on one log, and each may be killed at
 * any instruction: no essential state is held in memory.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #durations = new AppendDurations();
  readonly #standby: Standby;
  readonly #wake = new Signal();
  /** Event ids of this scheduler's last plan. All other events in the plan log come from other schedulers. */
  #sent: ReadonlySet<string> = new Set();
  #fold = new ClusterFold();
  #caughtUp = false;
  #awaited = -1;
  #limits: PlanLimits;
  readonly #rhythm: SnapshotSchedule;
  #appends = 0;
  #planned = 0;
  #conflicts = 0;
  #refusals = 0;
  #troubles = 0;
  #snapshotFailures = 0;

  constructor(options: SchedulerOptions) {
    this.#options = {
      ...options,
      store: tracedEventStore(measuredEventStore(options.store, this.#durations, options.clock)),
    };
    this.#limits = options.limits ?? PLAN_LIMITS;
    this.#standby = new Standby(options.clock);
    this.#rhythm = new SnapshotSchedule(options.clock);
  }

  /** Runs until the signal aborts, then writes a snapshot. Rejects after an unrecoverable error: an unknown event, a damaged store or a defect. */
  async run(signal: StopSignal): Promise<void> {
    this.#fold = await this.#start();
    this.#fold.onPlanEvent = (id) => {
      if (this.#caughtUp && !this.#sent.has(id)) this.#standby.sawOther();
    };
    this.#fold.isOurs = (id) => this.#caughtUp && this.#sent.has(id);
    const failed = new AbortController();
    const stop = (): void => failed.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const plans = this.#options.plans !== false;
    const both = [this.#follow(failed.signal), ...(plans ? [this.#decide(failed.signal)] : [])].map((task) =>
      task.catch((error: unknown) => {
        failed.abort();
        this.#wake.notify();
        throw error;
      }),
    );
    const ends = await Promise.allSettled(both);
    signal.removeEventListener('abort', stop);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    this.#snapshot();
  }

  metrics(): SchedulerMetrics {
    const { state, bookmark } = this.#fold;
    return {
      position: String(bookmark?.position ?? 0n),
      caughtUp: this.#caughtUp,
      standingBy: this.#standby.standing,
      nodes: state.nodes.length,
      jobs: state.jobs.size,
      allocations: state.allocations.size,
      queued: state.agenda.jobs.size,
      appends: this.#appends,
      planned: this.#planned,
      conflicts: this.#conflicts,
      refusals: this.#refusals,
      setAside: Object.fromEntries(
        [...state.agenda.aside].slice(0, 10).map(([job, error]) => [job.id, String(error).slice(0, 500)]),
      ),
      snapshotFailures: this.#snapshotFailures,
      foreign: this.#fold.foreign,
    };
  }

  /** Returns usage and limits of these tenants and accounts, by default of all that have any usage. Throws `MUSTER_E_OVERLOADED`. */
  async quotaUsage(
    holders: readonly Holder[] | undefined,
    reached: bigint | undefined,
  ): Promise<QuotaUsage[]> {
    const { clock, quotas = NO_QUOTAS } = this.#options;
    const current = (): boolean =>
      this.#caughtUp && (reached === undefined || (this.#fold.bookmark?.position ?? -1n) >= reached);
    if (!(await settledIn(clock, current)))
      throw new MusterError('MUSTER_E_OVERLOADED', {
        what: 'the scheduler is still reading the log',
      });
    const { state } = this.#fold;
    state.limitBy(quotas);
    return (holders ?? state.quotas.holders()).flatMap((holder) =>
      state.quotas.usageOf(holder, state.totals(), clock.now()),
    );
  }

  /**
   * Simulates scheduling a job. The state includes at least the log up to `reached` and, unless that takes too long, the evaluation of all earlier
   * commands. Writes nothing. Throws `MUSTER_E_OVERLOADED` if the log is not folded in time.
   */
  async dryRun(asked: DryRunRequest, reached: bigint | undefined): Promise<DryRun> {
    const { clock, portRange, reserves, quotas } = this.#options;
    const current = (): boolean =>
      this.#caughtUp && (reached === undefined || (this.#fold.bookmark?.position ?? -1n) >= reached);
    const settled = await settledIn(clock, () => current() && isSettled(this.#fold.state));
    if (!settled && !current())
      throw new MusterError('MUSTER_E_OVERLOADED', {
        what: 'the scheduler is still reading the log',
      });
    return dryRun(this.#fold.state, asked, { now: clock.now(), portRange, reserves, quotas });
  }

  timings(): SchedulerTimings {
    return { appends: this.#durations.snapshots(), evaluations: this.#fold.meter.figures() };
  }

  async #start(): Promise<ClusterFold> {
    const { directory, store } = this.#options;
    if (directory === undefined) return new ClusterFold();
    const reading = await readSnapshot(directory, store);
    return reading.kind === 'read' ? reading.fold : new ClusterFold();
  }

  /** Folds existing and new events. Resumes a subscription that ends on its own. */
  async #follow(signal: StopSignal): Promise<void> {
    const { store, catalog, clock } = this.#options;
    while (!signal.aborted) {
      const { bookmark } = this.#fold;
      for await (const message of store.subscribe({
        ...(bookmark === undefined ? {} : { after: bookmark.position }),
        signal,
      })) {
        if (message.kind === 'events') {
          this.#fold.fold(catalog, message.events);
          this.#rhythm.folded(message.events.length);
        } else if (message.kind === 'caughtUp') {
          const first = !this.#caughtUp;
          this.#snapshotIfDue(first);
          this.#caughtUp = true;
          if (first) this.#options.onCaughtUp?.();
        }
        this.#wake.notify();
      }
      if (!signal.aborted) await clock.sleep(MAX_PAUSE_MS, signal);
    }
  }

  async #decide(signal: StopSignal): Promise<void> {
    const { clock } = this.#options;
    let compared = clock.monotonic();
    while (!signal.aborted) {
      const { state } = this.#fold;
      if (!this.#caughtUp || state.planRevision < this.#awaited) {
        await this.#wake.wait(clock, undefined, signal);
        continue;
      }
      if (clock.monotonic() - compared >= COMPARE_MS) {
        markEverything(state);
        compared = clock.monotonic();
      }
      if (!hasWork(state, clock.now())) {
        this.#standby.sawNoWork();
        this.#snapshotIfDue();
        const due = nextDue(state);
        await this.#wake.wait(
          clock,
          Math.min(SNAPSHOT_CHECK_MS, due === undefined ? COMPARE_MS : Math.max(1, due - clock.now())),
          signal,
        );
        // Work that has only just arrived is not considered late.
        this.#standby.sawNoWork();
        continue;
      }
      const waitMs = this.#standby.waitMs();
      if (waitMs > 0) await this.#wake.wait(clock, waitMs, signal);
      else
        await inSpan(
          'plan',
          () => ({ 'muster.queued': state.agenda.jobs.size }),
          () => this.#plan(signal),
        );
    }
  }

  async #plan(signal: StopSignal): Promise<void> {
    const { store, clock } = this.#options;
    const { state } = this.#fold;
    const now = clock.now();
    const { events, more } = plan(state, {
      now,
      limits: this.#limits,
      portRange: this.#options.portRange,
      reserves: this.#options.reserves,
      quotas: this.#options.quotas,
      runStarts: this.#options.runStarts,
    });
    if (events.length === 0) {
      this.#standby.sawNoWork();
      if (more) await clock.sleep(0, signal);
      return;
    }
    const request = this.#request(events, now);
    if (request === undefined) return;
    this.#sent = new Set(request.events.map((event) => event.id));
    const outcome = await appendPlan(store, request, clock, signal);
    switch (outcome.kind) {
      case 'appended':
        this.#appends += 1;
        this.#planned += events.length;
        this.#troubles = 0;
        this.#awaited = outcome.revision;
        this.#limits = this.#options.limits ?? PLAN_LIMITS;
        this.#standby.won();
        this.#snapshotIfDue();
        return;
      case 'conflict':
        this.#conflicts += 1;
        this.#awaited = outcome.revision;
        this.#standby.sawOther();
        return;
      case 'too-large':
        // The planner limits the bytes of a plan by its own estimate. If the estimate is too low, smaller plans resolve the problem.
        this.#limits = {
          maxEvents: Math.max(1, this.#limits.maxEvents >> 1),
          maxBytes: this.#limits.maxBytes,
        };
        return this.#pause(signal);
      case 'refused':
        this.#refusals += 1;
        return this.#pause(signal);
      case 'stopped':
    }
  }

  /** Sets a job aside if its events violate Muster's own schema, so that this defect does not stop the other jobs. */
  #request(events: readonly PlannedEvent[], now: number): AppendRequest | undefined {
    const { state } = this.#fold;
    try {
      return planRequest(events, state.planRevision, this.#options.instance, now, this.#fold.sincePlan);
    } catch (error) {
      const refused = events.find((event) => !isEncodable(event));
      const job =
        refused !== undefined && 'evaluationId' in refused.data
          ? state.jobs.get(refused.data.jobId)
          : undefined;
      if (job === undefined) throw error;
      state.agenda.aside.set(job, error);
      return undefined;
    }
  }

  async #pause(signal: StopSignal): Promise<void> {
    this.#troubles += 1;
    await this.#options.clock.sleep(troubleDelay(this.#troubles), signal);
  }

  /** `anew`: the log was read to the end for the first time in this run. */
  #snapshotIfDue(anew = false): void {
    const { state } = this.#fold;
    if (this.#rhythm.isDue(state.jobs.size + state.allocations.size, anew)) this.#snapshot();
  }

  #snapshot(): void {
    const { directory, store } = this.#options;
    if (directory === undefined || this.#rhythm.behind === 0) return;
    this.#rhythm.kept();
    try {
      writeSnapshot(directory, store.id, this.#fold);
    } catch {
      this.#snapshotFailures += 1;
    }
  }
}
