import type { JobOwner } from '../../jobs/job/events.js';
import { groupNamed, type JobSpecification } from '../../jobs/job/specification.js';
import { NO_QUOTAS } from '../../accounts/quota/index.js';
import type { BlockedReason, PlanEvent, StopReason } from '../plan-log/events.js';
import { DEFAULT_PORT_RANGE } from '../capacity/port-range.js';
import type { ClusterState } from '../state/cluster-state.js';
import { devicesOf } from '../state/fold-plan.js';
import {
  maxRunOf,
  unwantedBecause,
  type LiveAllocation,
  type ScheduledGroup,
} from '../state/scheduled-job.js';
import { countOf } from '../feasibility/group-specification.js';
import { Draft, UNBOUNDED } from './draft.js';
import { evaluateJob } from './evaluation.js';
import { nodeVerdicts, type NodeVerdict } from './node-verdict.js';
import { SameJob } from './placement.js';
import type { PlanOptions } from './plan.js';
import { Planning } from './planning.js';
import type { Explanation } from './reasons.js';
import { allocationsOf, SimulatedJob } from './simulated-job.js';

export interface DryRunStep {
  readonly specification: JobSpecification;
  readonly evaluationId: string;
  readonly others?: Readonly<Record<string, number>>;
}

export interface DryRunRequest extends DryRunStep {
  readonly jobId: string;
  readonly owner?: JobOwner;
  /** Instances of the complete job that are kept, by group. */
  readonly completed?: Readonly<Record<string, number>>;
  /** Groups that stay in place although their constraints change. */
  readonly fulfilled?: readonly string[];
  readonly then?: readonly DryRunStep[];
  readonly most: number;
}

export interface DryPlacement {
  readonly slot: number;
  readonly nodeId: string;
  readonly score: number;
  readonly ports?: readonly number[];
  readonly afterStops: boolean;
  readonly step: number;
}

export interface DryStop {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly reason: StopReason;
  readonly step: number;
}

export interface GroupDryRun {
  readonly name: string;
  readonly count: number;
  readonly kept: number;
  readonly stopped: number;
  readonly stops: readonly DryStop[];
  readonly placed: number;
  readonly placements: readonly DryPlacement[];
  readonly unplaced: number;
  readonly reason?: BlockedReason;
  /** Survey of the nodes before any placement, without the allocations that would stop. Absent if the job has too many groups. */
  readonly looked?: Explanation & { readonly fitting: number };
  readonly nodes: readonly NodeVerdict[];
}

export interface DryRun {
  readonly jobId: string;
  readonly begins: boolean;
  readonly groups: readonly GroupDryRun[];
}

/** Limited, because each explanation requires a scan of all nodes. */
const MAX_EXPLAINED_GROUPS = 16;

/**
 * Simulates what the scheduler would do with a job now. Each step is evaluated as in a plan, and then again without the allocations that it stops.
 * The simulation ends at the first step that does not fit. The state is left unchanged.
 */
export function dryRun(
  state: ClusterState,
  asked: DryRunRequest,
  {
    now,
    portRange = DEFAULT_PORT_RANGE,
    reserves = true,
    quotas = NO_QUOTAS,
  }: Pick<PlanOptions, 'now' | 'portRange' | 'reserves' | 'quotas'>,
): DryRun {
  state.ledger.portRange = portRange;
  state.agenda.reserves = reserves;
  state.limitBy(quotas);
  const known = state.jobs.get(asked.jobId);
  const rehearsed = new SimulatedJob(
    state.shapes,
    known,
    asked.jobId,
    asked,
    (node) => state.nodes[node]?.facts,
  );
  const draft = new Draft(state, UNBOUNDED);
  const freed = new Freed(state);
  const steps = [asked, ...(asked.then ?? [])];
  try {
    const leaving = [
      ...rehearsed.unwanted,
      ...surplusOfOtherJobs(state, { jobId: asked.jobId, others: asked.others }, freed),
    ];
    const looks = whileReleased(freed, leaving, () => looksOf(state, rehearsed, { most: asked.most, now }));
    const groups = rehearsed.job.groups.map((group) => ({
      group,
      kept: group.live - rehearsed.unwanted.filter((each) => each.group === group).length,
    }));
    const outcome = evaluateSteps({ state, draft, now }, rehearsed, freed, { ...asked, steps });
    const last = steps.at(-1)!.specification;
    const told = groups.map(({ group, kept }) =>
      groupRun(state, { name: group.name, kept, outcome, last, looks: looks.get(group), most: asked.most }),
    );
    return {
      jobId: asked.jobId,
      begins: known === undefined && Object.keys(asked.completed ?? {}).length === 0,
      groups: told,
    };
  } finally {
    draft.undo();
    freed.giveBack();
    rehearsed.drop();
  }
}

type Placed = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];
type Parts = Pick<Planning, 'state' | 'draft' | 'now'>;

interface Outcome {
  readonly placed: readonly {
    readonly data: Placed;
    readonly score: number;
    readonly afterStops: boolean;
    readonly step: number;
  }[];
  readonly stopped: readonly {
    readonly allocation: LiveAllocation;
    readonly reason: StopReason;
    readonly step: number;
  }[];
  readonly reasons: Readonly<Record<string, BlockedReason>>;
}

/** Ends at the first step that does not fit. */
function evaluateSteps(
  parts: Parts,
  rehearsed: SimulatedJob,
  freed: Freed,
  { jobId, steps }: { readonly jobId: string; readonly steps: readonly DryRunStep[] },
): Outcome {
  const placed: Outcome['placed'][number][] = [];
  const stopped: Outcome['stopped'][number][] = [];
  for (const [index, step] of steps.entries()) {
    if (index > 0) rehearsed.becomes(step);
    const others = surplusOfOtherJobs(parts.state, { jobId, others: step.others }, freed);
    const stops = [...(index === 0 ? rehearsed.unwanted : []), ...others];
    for (const allocation of stops)
      stopped.push({ allocation, reason: reasonOf(allocation, step), step: index + 1 });
    const found = evaluateTwice(parts, rehearsed, freed, stops);
    placed.push(...found.placed.map((each) => ({ ...each, step: index + 1 })));
    if (Object.keys(found.reasons).length > 0) return { placed, stopped, reasons: found.reasons };
  }
  return { placed, stopped, reasons: {} };
}

function surplusOfOtherJobs(
  { jobs }: ClusterState,
  {
    jobId,
    others = {},
  }: Pick<DryRunRequest, 'jobId'> & { readonly others: DryRunRequest['others'] | undefined },
  freed: Freed,
): LiveAllocation[] {
  return Object.entries(others).flatMap(([id, count]) => {
    const job = id === jobId ? undefined : jobs.get(id);
    return job === undefined
      ? []
      : allocationsOf(job).filter((allocation) => allocation.slot >= count && !freed.has(allocation));
  });
}

function reasonOf(allocation: LiveAllocation, { others }: DryRunStep): StopReason {
  const left = others?.[allocation.job.id];
  return (
    allocation.stopping ??
    unwantedBecause(allocation) ??
    (left === undefined ? 'job-updated' : left === 0 ? 'job-stopped' : 'scaled-down')
  );
}

type Found = Pick<Outcome, 'reasons'> & {
  readonly placed: readonly Omit<Outcome['placed'][number], 'step'>[];
};

function evaluateTwice(
  parts: Parts,
  rehearsed: SimulatedJob,
  freed: Freed,
  stops: readonly LiveAllocation[],
): Found {
  const first = evaluateOnce(parts, rehearsed, false);
  rehearsed.placed(first.placed, parts.state.ledger);
  if (stops.length === 0) return first;
  rehearsed.ended(stops, Object.keys(first.reasons).length > 0);
  freed.free(stops);
  const then = evaluateOnce(parts, rehearsed, true);
  rehearsed.placed(then.placed, parts.state.ledger);
  return { placed: [...first.placed, ...then.placed], reasons: then.reasons };
}

function evaluateOnce({ state, draft, now }: Parts, { job }: SimulatedJob, afterStops: boolean): Found {
  const scores: number[] = [];
  const before = draft.events.length;
  evaluateJob(new Planning(state, draft, now, (_node, score) => scores.push(score)), job);
  const events = draft.events.slice(before);
  const placed = events.flatMap((event) => (event.type === 'AllocationPlaced' ? [event.data] : []));
  const blocked = events.findLast((event) => event.type === 'EvaluationBlocked');
  return {
    placed: placed.map((data, index) => ({ data, score: scores[index] ?? 0, afterStops })),
    reasons: blocked?.data.reasons ?? {},
  };
}

type Looks = Pick<GroupDryRun, 'looked' | 'nodes'>;

function looksOf(
  state: ClusterState,
  { job }: SimulatedJob,
  { most, now }: { readonly most: number; readonly now: number },
): ReadonlyMap<ScheduledGroup, Looks> {
  const planning = new Planning(state, new Draft(state, UNBOUNDED), now);
  const wanted = job.groups.filter(({ specification, count }) => specification !== undefined && count > 0);
  const stays = (allocation: LiveAllocation): boolean => unwantedBecause(allocation) === undefined;
  const ofJob = new SameJob(job, stays);
  return new Map(
    wanted.slice(0, MAX_EXPLAINED_GROUPS).flatMap((group) => {
      if (group.specification === undefined) return [];
      const { shape } = group.specification;
      const ofGroup = new SameJob(job, (allocation) => allocation.group === group && stays(allocation));
      const isExcluded = planning.excluded(job, undefined, group.specification, maxRunOf(group));
      const nodes = nodeVerdicts(state, shape, { ofJob, ofGroup }, { count: group.count, isExcluded, now });
      const fitting = nodes.filter(({ verdict }) => verdict === 'fits').length;
      return [
        [group, { looked: { ...planning.explanationOf(shape), fitting }, nodes: nodes.slice(0, most) }],
      ];
    }),
  );
}

interface GroupRunInput {
  readonly name: string;
  readonly kept: number;
  readonly outcome: Outcome;
  readonly last: JobSpecification;
  readonly looks: Looks | undefined;
  readonly most: number;
}

function groupRun(
  state: ClusterState,
  { name, kept, outcome, last, looks = { nodes: [] }, most }: GroupRunInput,
): GroupDryRun {
  const specified = groupNamed(last.task_groups, name);
  const count = specified === undefined ? 0 : countOf(specified);
  const stops = outcome.stopped.filter(({ allocation }) => allocation.group.name === name);
  const own = outcome.placed.filter(({ data }) => data.group === name);
  const reason = outcome.reasons[name];
  return {
    name,
    count,
    kept,
    stopped: stops.length,
    placed: own.length,
    unplaced: reason === undefined ? 0 : Math.max(reason.unplaced, count - kept - own.length),
    stops: stops.slice(0, most).map(({ allocation, reason: why, step }) => ({
      allocationId: allocation.id,
      nodeId: state.nodes[allocation.node]?.id ?? '',
      reason: why,
      step,
    })),
    placements: own.slice(0, most).map(({ data, score, afterStops, step }) => ({
      slot: data.slot,
      nodeId: data.nodeId,
      score,
      afterStops,
      step,
      ...(data.ports !== undefined && { ports: data.ports }),
    })),
    ...(reason !== undefined && { reason }),
    ...looks,
  };
}

class Freed {
  readonly #allocations: LiveAllocation[] = [];

  constructor(private readonly state: ClusterState) {}

  has(allocation: LiveAllocation): boolean {
    return this.#allocations.includes(allocation);
  }

  free(allocations: readonly LiveAllocation[]): void {
    for (const allocation of allocations) {
      this.state.ledger.release(allocation.node, allocation.demand, devicesOf(allocation));
      if (allocation.counted !== undefined) this.state.quotas.release(allocation.counted);
      this.state.candidates.freed(allocation.node);
      this.#allocations.push(allocation);
    }
  }

  giveBack(count = this.#allocations.length): void {
    for (const allocation of this.#allocations.splice(this.#allocations.length - count)) {
      this.state.ledger.hold(allocation.node, allocation.demand, devicesOf(allocation));
      if (allocation.counted !== undefined) this.state.quotas.hold(allocation.counted);
    }
  }
}

function whileReleased<Result>(
  freed: Freed,
  allocations: readonly LiveAllocation[],
  look: () => Result,
): Result {
  freed.free(allocations);
  try {
    return look();
  } finally {
    freed.giveBack(allocations.length);
  }
}
