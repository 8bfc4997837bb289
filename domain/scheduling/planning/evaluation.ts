import type { QuotaExcess } from '../../accounts/quota/index.js';
import { waitKeyOf } from '../capacity/quota-ledger.js';
import { backOff } from '../../kernel/back-off.js';
import { requestStop } from './admission.js';
import { evaluationIdOf } from '../allocation-id.js';
import { fitsNoNode } from '../plan-log/blocked-nodes.js';
import type { Explanation } from './reasons.js';
import type { Shape } from '../feasibility/shape.js';
import { JOB_TRIGGERS } from '../state/cluster-state.js';
import type { BlockedReasons, Trigger } from '../plan-log/events.js';
import { placeGroup, SameJob } from './placement.js';
import type { Planning } from './planning.js';
import { isVacant, isWanted, type ScheduledJob } from '../state/scheduled-job.js';

export const EXPLAIN_INTERVAL_MS = 1000;
const explainBackOff = backOff({ firstMs: EXPLAIN_INTERVAL_MS, mostMs: 60_000 });

/** Minimum interval (ms) after this many unsolicited explanations: 1 s, 2 s, 4 s … 1 min. It grows because a busy cluster changes constantly. */
export function explainInterval(told: number): number {
  return explainBackOff(told + 1);
}

/** Returns how many milliseconds have passed since a moment: infinitely many if it is in the future, because the clock was set back. */
export function ageOf(at: number, now: number): number {
  return at > now ? Number.POSITIVE_INFINITY : now - at;
}

/** Maximum number of triggers in one evaluation. The next evaluation lists the remaining ones. */
const MAX_TRIGGERS = 500;
const MAX_RETRY_TRIGGERS = 100;

/**
 * Compares a job's desired and actual allocations and plans the difference: stops what should not run, fills vacant slots, completes or blocks what
 * is pending, and finishes the job if nothing is left. Returns false if the plan is full; the next plan then continues.
 */
export function evaluateJob(planning: Planning, job: ScheduledJob): boolean {
  if (!stopUnwanted(planning, job)) return false;
  if (isAtRest(planning, job)) return true;
  const evaluation = new Evaluation(planning, job);
  if (!job.stopped && !evaluation.place()) return false;
  return evaluation.close() && finish(planning, job, evaluation.placed);
}

function stopUnwanted({ state, draft }: Planning, job: ScheduledJob): boolean {
  if (job.live === 0) return true;
  for (const group of job.groups) {
    if (group.live === 0) continue;
    for (const slot of group.slots) {
      const allocation = slot?.allocation;
      if (allocation === undefined || isWanted(allocation)) continue;
      if (!requestStop(state, draft, allocation, 'job-stopped', job.cause)) return false;
    }
  }
  return true;
}

function isAtRest({ now }: Planning, job: ScheduledJob): boolean {
  if (job.live === 0 || job.pending.length > 0 || job.blocked !== undefined) return false;
  if (job.stopped) return true;
  for (const group of job.groups)
    for (let slot = 0; slot < group.count; slot += 1) if (isVacant(group.slots[slot], now)) return false;
  return true;
}

class Evaluation {
  placed = 0;
  readonly #planning: Planning;
  readonly #job: ScheduledJob;
  #unplaced: Map<string, number> | undefined;
  readonly #retries: Trigger[];
  #freedNode: string | undefined;
  #made: string | undefined;

  constructor(planning: Planning, job: ScheduledJob) {
    this.#planning = planning;
    this.#job = job;
    this.#retries = dueRetries(job, planning.now);
  }

  place(): boolean {
    const { draft } = this.#planning;
    const job = this.#job;
    const sameJob = new SameJob(job);
    for (const group of job.groups) {
      const before = draft.events.length;
      const { placed, unplaced, full } = placeGroup(this.#planning, job, group, () => this.#id(), sameJob);
      this.placed += placed;
      if (unplaced > 0) (this.#unplaced ??= new Map()).set(group.name, unplaced);
      const first = draft.events[before];
      if (first?.type === 'AllocationPlaced') this.#freedNode ??= first.data.nodeId;
      if (!full) continue;
      // Without a pending trigger or a blocked evaluation, nothing in the log would later cause these placements to be completed.
      if (this.placed > 0 && job.pending.length === 0 && job.blocked === undefined) this.#complete();
      return false;
    }
    return true;
  }

  close(): boolean {
    const job = this.#job;
    if (this.#unplaced !== undefined) return this.#block(this.#unplaced);
    this.#planning.markFullyPlaced(job);
    if (this.placed === 0 && job.pending.length === 0 && job.blocked === undefined) return true;
    return this.#complete();
  }

  #complete(): boolean {
    return this.#planning.draft.add({
      type: 'EvaluationCompleted',
      data: this.#answer(),
      cause: this.#job.cause,
    });
  }

  #block(unplaced: ReadonlyMap<string, number>): boolean {
    const { state, now, draft } = this.#planning;
    const job = this.#job;
    const reasons = job.blocked?.reasons ?? {};
    const named = [...unplaced.keys()].every(
      (name) => Object.hasOwn(reasons, name) && this.#awaitsTheSame(name, reasons[name]?.quota),
    );
    if (job.blocked !== undefined && named && job.pending.length === 0) {
      if (this.placed > 0 || !saysSo(reasons, unplaced)) state.agenda.explain.add(job);
      if (this.placed === 0 || ageOf(job.blocked.at, now) < explainInterval(job.blocked.told)) return true;
    }
    const told = reasonsOf(this.#planning, job, unplaced);
    if (
      !draft.add({ type: 'EvaluationBlocked', data: { ...this.#answer(), reasons: told }, cause: job.cause })
    )
      return false;
    return Object.values(told).every(
      ({ quota }) => quota === undefined || this.#planning.reportExcess(job, quota),
    );
  }

  /** Returns whether a group is still waiting for the quota in its reason, or for a node if the reason has no quota. */
  #awaitsTheSame(name: string, told: QuotaExcess | undefined): boolean {
    const group = this.#job.groups.find((each) => each.name === name);
    const excess = group && this.#planning.excessOf(this.#job, group);
    return excess === undefined || told === undefined
      ? excess === told
      : waitKeyOf(excess) === waitKeyOf(told);
  }

  #answer(): { evaluationId: string; jobId: string; jobVersion: number; triggers: Trigger[] } {
    const job = this.#job;
    return { evaluationId: this.#id(), jobId: job.id, jobVersion: job.version, triggers: this.#triggers() };
  }

  #id(): string {
    return (this.#made ??= this.#makeId());
  }

  #makeId(): string {
    const job = this.#job;
    const asked = job.pending.findLast((trigger) => JOB_TRIGGERS.has(trigger.kind));
    if (asked !== undefined) return asked.ref;
    if (job.blocked !== undefined) return job.blocked.evaluationId;
    return evaluationIdOf(
      job.id,
      job.pending[0] ?? this.#retries[0] ?? { kind: 'nodes-changed', ref: String(job.version) },
    );
  }

  #triggers(): Trigger[] {
    const job = this.#job;
    const triggers = [...job.pending.slice(0, MAX_TRIGGERS), ...this.#retries];
    if (triggers.length === 0 && this.#freedNode !== undefined)
      triggers.push({ kind: 'capacity-freed', ref: this.#freedNode });
    return triggers;
  }
}

function finish({ draft }: Planning, job: ScheduledJob, placed: number): boolean {
  if (placed > 0 || job.live > 0 || job.pending.length > MAX_TRIGGERS) return true;
  const outcome = job.deleted ? 'deleted' : job.stopped ? 'stopped' : finalOutcome(job);
  if (outcome === undefined) return true;
  return draft.add({
    type: 'JobFinished',
    data: { jobId: job.id, jobVersion: job.version, outcome },
    cause: job.cause,
  });
}

function finalOutcome(job: ScheduledJob): 'complete' | 'failed' | undefined {
  let outcome: 'complete' | 'failed' = 'complete';
  for (const group of job.groups) {
    for (let slot = 0; slot < group.count; slot += 1) {
      const reached = group.slots[slot]?.outcome;
      if (reached === undefined) return undefined;
      if (reached !== 'complete') outcome = 'failed';
    }
  }
  return outcome;
}

function saysSo(reasons: BlockedReasons, unplaced: ReadonlyMap<string, number>): boolean {
  return (
    Object.keys(reasons).length === unplaced.size &&
    [...unplaced].every(([group, waiting]) => reasons[group]?.unplaced === waiting)
  );
}

export function reasonsOf(
  planning: Planning,
  job: ScheduledJob,
  unplaced: ReadonlyMap<string, number>,
): BlockedReasons {
  const reasons: BlockedReasons = {};
  for (const group of job.groups) {
    const waiting = unplaced.get(group.name);
    if (waiting !== undefined && group.specification !== undefined) {
      const { shape } = group.specification;
      const quota = planning.excessOf(job, group);
      reasons[group.name] = {
        unplaced: waiting,
        ...(quota === undefined ? planning.explanationOf(shape) : overQuota(planning, shape, quota)),
      };
    }
  }
  return reasons;
}

/** Explains the nodes only if none of them could ever take the job, because a larger quota would not help in that case. */
function overQuota(planning: Planning, shape: Shape, quota: QuotaExcess): Explanation {
  const explanation = planning.explanationOf(shape);
  if (fitsNoNode(explanation)) return { ...explanation, quota };
  return { nodes: explanation.nodes, filtered: {}, exhausted: {}, short: {}, quota };
}

function dueRetries(job: ScheduledJob, now: number): Trigger[] {
  const due: Trigger[] = [];
  for (const group of job.groups) {
    for (const slot of group.slots) {
      if (
        slot?.retryOf === undefined ||
        slot.retryAt === undefined ||
        slot.retryAt > now ||
        slot.allocation !== undefined
      )
        continue;
      if (due.length < MAX_RETRY_TRIGGERS) due.push({ kind: 'retry-due', ref: slot.retryOf });
    }
  }
  return due;
}
