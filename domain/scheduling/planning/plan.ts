import { admitNodes, admitReports, dropVolumes } from './admission.js';
import type { ClusterState } from '../state/cluster-state.js';
import { NO_QUOTAS, type DefaultLimits, type QuotaExcess } from '../../accounts/quota/index.js';
import { isRun, nextMinute, waitKeyOf } from '../capacity/quota-ledger.js';
import { DEFAULT_PORT_RANGE, type PortRange } from '../capacity/port-range.js';
import { Draft, PLAN_LIMITS, type PlanLimits, type PlannedEvent } from './draft.js';
import { ageOf, evaluateJob, EXPLAIN_INTERVAL_MS, explainInterval, reasonsOf } from './evaluation.js';
import { Planning } from './planning.js';
import { sameReasons } from './reasons.js';
import { isVacant, type ScheduledJob } from '../state/scheduled-job.js';
import type { Shape } from '../feasibility/shape.js';
import type { JobQueue } from '../state/job-queue.js';
import { inTurn, type Waiting } from './turns.js';

export { PLAN_LIMITS, type PlanLimits, type PlannedEvent } from './draft.js';

export interface PlanOptions {
  readonly now: number;
  readonly limits?: PlanLimits;
  readonly portRange?: PortRange | undefined;
  readonly reserves?: boolean | undefined;
  readonly quotas?: DefaultLimits | undefined;
  /** Maximum number of waiting runs that start per second ({@link Pace}). @default unlimited */
  readonly runStarts?: number | undefined;
}

export interface Plan {
  /** To be appended atomically at `state.planRevision`. */
  readonly events: readonly PlannedEvent[];
  /** Planning stopped before everything was evaluated: call again, even if `events` is empty. */
  readonly more: boolean;
}

const MAX_EVALUATED_JOBS = 5000;
/** Maximum number of jobs per shape and priority that are tried without success while nodes are reserved for another job. */
const MAX_HELD_BACK = 32;
const MAX_EXPLANATIONS = 20;
const EXPLAIN_AT_WORK_MS = 10_000;
const NEVER = Number.POSITIVE_INFINITY;
/** Maximum number of jobs waiting for one quota that are tried although something else blocks them. */
const MAX_OTHERWISE_BLOCKED = 32;
const FEW_NODES = 64;

export function plan(
  state: ClusterState,
  {
    now,
    limits = PLAN_LIMITS,
    portRange = DEFAULT_PORT_RANGE,
    reserves = true,
    quotas = NO_QUOTAS,
    runStarts = NEVER,
  }: PlanOptions,
): Plan {
  state.ledger.portRange = portRange;
  state.agenda.reserves = reserves;
  state.limitBy(quotas);
  state.agenda.pace.limit = runStarts;
  const draft = new Draft(state, limits);
  const planning = new Planning(state, draft, now);
  try {
    freeUnreserved(planning);
    takeDueRetries(state, now);
    takeDueStarts(state, now);
    takeDueDrains(state, now);
    takeDuePace(state, now);
    if (state.agenda.explainedAt > now) state.agenda.explainedAt = 0;
    const all =
      admitReports(state, draft, now) &&
      admitNodes(state, draft, now) &&
      dropVolumes(state, draft) &&
      evaluateJobs(planning) &&
      explainBlocked(planning);
    return { events: draft.events, more: !all };
  } finally {
    draft.undo();
  }
}

export function hasWork(state: ClusterState, now: number): boolean {
  const { agenda } = state;
  if (agenda.jobs.size > 0 || agenda.reports.size > 0 || agenda.nodes.size > 0 || agenda.volumes.size > 0)
    return true;
  const isCapacityFreed = agenda.freed.size > 0 || agenda.sharesFreed;
  if (agenda.quotaFreed.size > 0 || (isCapacityFreed && agenda.waiting.size > 0)) return true;
  return (nextDue(state) ?? Number.POSITIVE_INFINITY) <= now;
}

export function nextDue(state: ClusterState): number | undefined {
  const { agenda } = state;
  const explain =
    agenda.explain.size > 0 || (agenda.waiting.size > 0 && agenda.changes !== agenda.explained)
      ? agenda.explainedAt + EXPLAIN_INTERVAL_MS
      : undefined;
  const due = Math.min(
    explain ?? NEVER,
    agenda.retries.earliest ?? NEVER,
    agenda.pace.due ?? NEVER,
    ...agenda.startsDue.values(),
    ...agenda.drainsDue.values(),
  );
  return due === NEVER ? undefined : due;
}

function freeUnreserved({ state, reservation }: Planning): void {
  const { agenda } = state;
  const before = agenda.reserved;
  const nodes = new Set(reservation?.nodes.keys());
  if (
    before.job === reservation?.job &&
    before.nodes.size === nodes.size &&
    [...nodes].every((node) => before.nodes.has(node))
  )
    return;
  agenda.reserved = { job: reservation?.job, nodes };
  agenda.changes += 1;
  for (const node of before.nodes)
    if (state.isOpen(node) && (before.job !== reservation?.job || !nodes.has(node))) agenda.freed.add(node);
}

function takeDueRetries(state: ClusterState, now: number): void {
  for (
    let job = state.agenda.retries.takeDue(now);
    job !== undefined;
    job = state.agenda.retries.takeDue(now)
  ) {
    if (state.jobs.get(job.id) === job) state.agenda.jobs.add(job);
  }
}

function takeDueStarts({ agenda }: ClusterState, now: number): void {
  for (const [key, due] of agenda.startsDue) {
    if (due > now) continue;
    agenda.startsDue.delete(key);
    agenda.quotaFreed.add(key);
  }
}

function takeDueDrains({ agenda }: ClusterState, now: number): void {
  for (const [node, due] of agenda.drainsDue) if (due <= now) agenda.nodes.add(node);
}

function takeDuePace({ agenda }: ClusterState, now: number): void {
  if (!agenda.pace.takeDue(now)) return;
  agenda.sharesFreed = true;
  agenda.quotaHasRoom(agenda.overQuota.keys());
}

function evaluateOverQuota(planning: Planning, evaluated: Set<ScheduledJob>): boolean {
  const { agenda } = planning.state;
  for (const key of agenda.quotaFreed) {
    const before = planning.draft.events.length;
    if (!evaluateWaiting(planning, key, evaluated)) return false;
    if (planning.draft.events.length === before) agenda.quotaFreed.delete(key);
  }
  return true;
}

function evaluateWaiting(planning: Planning, key: string, evaluated: Set<ScheduledJob>): boolean {
  const queue = planning.state.agenda.overQuota.get(key);
  let passed = 0;
  for (let priority = queue?.highest() ?? -1; priority >= 0; priority -= 1) {
    for (const job of queue?.of(priority) ?? []) {
      if (evaluated.has(job)) continue;
      const excess = nextExcess(planning, job);
      if (excess !== undefined && waitKeyOf(excess) === key) {
        if (excess.requested !== undefined) continue;
        if (excess.quota === 'runs_per_minute')
          planning.state.agenda.startsDue.set(key, nextMinute(planning.now));
        return true;
      }
      evaluated.add(job);
      const before = planning.draft.events.length;
      if (!evaluateOrSetAside(planning, job)) return false;
      if (planning.draft.events.length === before && (passed += 1) >= MAX_OTHERWISE_BLOCKED) return true;
    }
  }
  return true;
}

function nextExcess(planning: Planning, job: ScheduledJob): QuotaExcess | undefined {
  for (const group of job.groups) {
    if (group.specification === undefined) continue;
    for (let slot = 0; slot < group.count; slot += 1)
      if (isVacant(group.slots[slot], planning.now)) return planning.excessOf(job, group);
  }
  return undefined;
}

/** If several tenants wait, freed capacity is theirs in turn, before work that waits for a quota and new work. */
function evaluateJobs(planning: Planning): boolean {
  const { agenda } = planning.state;
  const evaluated = new Set<ScheduledJob>();
  freeShares(planning);
  let wakeable = shapesThatFit(planning);
  const { size } = agenda.tenants.lines;
  if (size > 1 || (size === 1 && agenda.quotaFreed.size > 0)) {
    if (!evaluateInTurn(planning, wakeable, evaluated)) return false;
    wakeable = [];
  }
  if (!evaluateOverQuota(planning, evaluated)) return false;
  let looks = 0;
  const highest = wakeable.reduce(
    (most, shape) => Math.max(most, agenda.waiting.get(shape)?.highest() ?? 0),
    agenda.jobs.highest(),
  );
  for (let priority = highest; priority >= 0; priority -= 1) {
    for (const shape of wakeable) {
      let heldBack = 0;
      for (const job of agenda.waiting.get(shape)?.of(priority) ?? []) {
        if (planning.exhausted.has(shape)) break;
        if (planning.heldBack.has(shape) && (heldBack += 1) > MAX_HELD_BACK) break;
        if (evaluated.has(job)) continue;
        evaluated.add(job);
        // This evaluation does not count towards the limit, because the job stays queued and would use up the limit in every plan.
        if (!evaluateOrSetAside(planning, job)) return false;
      }
    }
    for (const job of agenda.jobs.of(priority)) {
      if (evaluated.has(job)) continue;
      evaluated.add(job);
      if (!evaluateOrSetAside(planning, job)) return false;
      looks += evaluationCost(job);
      if (looks >= MAX_EVALUATED_JOBS) return false;
    }
  }
  if (planning.draft.events.length === 0) agenda.freed.clear();
  return true;
}

function freeShares({ state }: Planning): void {
  const { agenda } = state;
  if (!agenda.sharesFreed) return;
  agenda.sharesFreed = false;
  if (agenda.waiting.size > 0) for (const { index, open } of state.nodes) if (open) agenda.freed.add(index);
}

function evaluateInTurn(
  planning: Planning,
  wakeable: readonly Shape[],
  evaluated: Set<ScheduledJob>,
): boolean {
  const shapes = new Set(wakeable);
  for (const { job } of inTurn(planning.state, (queues) => inOrder(planning, queues, shapes))) {
    if (evaluated.has(job)) continue;
    evaluated.add(job);
    if (!evaluateOrSetAside(planning, job)) return false;
  }
  return true;
}

/** Returns the jobs of one tenant that fit a freed node, by priority. Those over a quota keep their reason until they are explained again. */
function* inOrder(
  planning: Planning,
  queues: ReadonlyMap<Shape, JobQueue>,
  shapes: ReadonlySet<Shape>,
): Generator<Waiting, undefined> {
  const { exhausted, heldBack } = planning;
  const fitting = [...queues].filter(([shape]) => shapes.has(shape));
  const highest = fitting.reduce((most, [, queue]) => Math.max(most, queue.highest()), -1);
  for (let priority = highest; priority >= 0; priority -= 1) {
    for (const [shape, queue] of fitting) {
      let passed = 0;
      for (const job of queue.of(priority)) {
        if (exhausted.has(shape) || passed >= MAX_HELD_BACK) break;
        const isOver = nextExcess(planning, job) !== undefined;
        if (isOver || heldBack.has(shape)) passed += 1;
        if (!isOver) yield { job, shape };
      }
    }
  }
  return undefined;
}

/**
 * An exception in one job, which is a bug in Muster, does not stop the other jobs. Jobs that add no events leave the agenda. Returns false if the
 * plan is full.
 */
function evaluateOrSetAside(planning: Planning, job: ScheduledJob): boolean {
  const { draft, decided, state } = planning;
  const { agenda } = state;
  const isWaitingRun =
    agenda.pace.isLimited && job.blocked !== undefined && !agenda.jobs.has(job) && isRun(job);
  if (isWaitingRun && agenda.pace.holds(planning.now)) return true;
  const mark = draft.mark();
  let whole = true;
  try {
    if (!agenda.aside.has(job)) whole = evaluateJob(planning, job);
  } catch (error) {
    draft.back(mark);
    agenda.aside.set(job, error);
  }
  if (isWaitingRun && draft.events[mark.events]?.type === 'AllocationPlaced') agenda.pace.started();
  if (draft.events.length > mark.events) decided.add(job);
  else if (whole) agenda.jobs.delete(job);
  return whole;
}

function evaluationCost(job: ScheduledJob): number {
  let slots = 0;
  for (const group of job.groups) slots += group.count;
  return 1 + (slots >> 6);
}

function shapesThatFit({ state, found }: Planning): Shape[] {
  const { agenda, candidates } = state;
  const fitting: Shape[] = [];
  if (agenda.freed.size > 0) {
    const few = agenda.freed.size <= FEW_NODES;
    for (const shape of agenda.waiting.keys()) {
      const fits = few
        ? [...agenda.freed].some((node) => candidates.fits(shape, node))
        : candidates.find(shape, 0, 1, found) > 0;
      if (fits) fitting.push(shape);
    }
  }
  if (fitting.length === 0) agenda.freed.clear();
  return fitting;
}

/**
 * Explains a limited number of blocked jobs again after something has changed. Each job is explained at most once per second, less often over time,
 * and less often while there is other work.
 */
function explainBlocked(planning: Planning): boolean {
  const { state, draft, now } = planning;
  const { agenda } = state;
  const since = ageOf(agenda.explainedAt, now);
  const before = draft.events.length;
  if (since < EXPLAIN_INTERVAL_MS || (before > 0 && since < EXPLAIN_AT_WORK_MS)) return true;
  if (agenda.explain.size === 0 && agenda.changes !== agenda.explained) {
    for (const queue of agenda.waiting.values()) for (const job of queue.all()) agenda.explain.add(job);
    agenda.explained = agenda.changes;
  }
  let looks = 0;
  for (const job of agenda.explain) {
    const { blocked } = job;
    if (blocked === undefined || job.pending.length > 0) {
      agenda.explain.delete(job);
      continue;
    }
    // Jobs placed by this plan are no longer waiting. The next plan takes that into account.
    if (planning.decided.has(job) || (agenda.pace.due !== undefined && isRun(job))) continue;
    if (
      ageOf(blocked.at, now) < explainInterval(blocked.told) ||
      agenda.jobs.has(job) ||
      agenda.aside.has(job)
    )
      continue;
    if (!draft.hasRoom(1)) return false;
    if (planning.explanations >= MAX_EXPLANATIONS || looks >= MAX_EVALUATED_JOBS) break;
    looks += 1;
    const reasons = reasonsOf(planning, job, vacancies(job, now));
    if (Object.keys(reasons).length === 0 || sameReasons(reasons, blocked.reasons)) {
      agenda.explain.delete(job);
      continue;
    }
    const data = {
      evaluationId: blocked.evaluationId,
      jobId: job.id,
      jobVersion: job.version,
      triggers: [],
      reasons,
    };
    if (!draft.add({ type: 'EvaluationBlocked', data, cause: job.cause })) return false;
  }
  if (draft.events.length === before) agenda.explainedAt = now;
  return true;
}

function vacancies(job: ScheduledJob, now: number): Map<string, number> {
  const vacant = new Map<string, number>();
  for (const group of job.groups) {
    let count = 0;
    for (let slot = 0; slot < group.count; slot += 1) if (isVacant(group.slots[slot], now)) count += 1;
    if (count > 0) vacant.set(group.name, count);
  }
  return vacant;
}
