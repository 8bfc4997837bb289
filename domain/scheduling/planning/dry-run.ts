import type { JobOwner } from '../../job/events.js';
import type { JobSpecification } from '../../job/specification.js';
import { NO_QUOTAS } from '../../quota/index.js';
import type { BlockedReason, PlanEvent, StopReason } from '../../plan-log/events.js';
import { DEFAULT_PORT_RANGE } from '../capacity/port-range.js';
import type { ClusterState } from '../state/cluster-state.js';
import { devicesOf } from '../state/fold-plan.js';
import { unwantedBecause, type LiveAllocation, type ScheduledGroup } from '../state/scheduled-job.js';
import { countOf } from '../feasibility/group-specification.js';
import { Draft } from './draft.js';
import { evaluateJob } from './evaluation.js';
import { nodeVerdicts, type NodeVerdict } from './node-verdict.js';
import { SameJob } from './placement.js';
import type { PlanOptions } from './plan.js';
import { Planning } from './planning.js';
import type { Explanation } from './reasons.js';
import { allocationsOf, SimulatedJob } from './simulated-job.js';
import { limitOf } from './reservation.js';

/** What a job is to be, and what other jobs still are by then. */
export interface DryRunStep {
  readonly specification: JobSpecification;
  /** Where the search for nodes begins follows from it: the evaluation of the submission that may follow. */
  readonly evaluationId: string;
  /** How many instances of each of their groups other jobs would have left, by job: what is beyond makes room. 0: they would have ended. */
  readonly others?: Readonly<Record<string, number>>;
}

/** A job that somebody would like to know the fate of. */
export interface DryRunRequest extends DryRunStep {
  readonly jobId: string;
  /** Whose job it would be, where there is none yet: its quotas count. */
  readonly owner?: JobOwner;
  /** What follows one after the other, each once all that was placed before is well: the same work, of which there is more. */
  readonly then?: readonly DryRunStep[];
  /** Of each group at most so many nodes, placements and stops are named. */
  readonly most: number;
}

export interface DryPlacement {
  readonly slot: number;
  readonly nodeId: string;
  /** As it was when the node was chosen, 0..1. */
  readonly score: number;
  /** Host ports, where it holds some. */
  readonly ports?: readonly number[];
  /** Only once what is to stop has ended. */
  readonly afterStops: boolean;
  /** From 1: in which of the steps. */
  readonly step: number;
}

export interface DryStop {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly reason: StopReason;
  /** From 1: in which of the steps. */
  readonly step: number;
}

/** What would become of one group. */
export interface GroupDryRun {
  readonly name: string;
  /** How many it should have; 0 for a group that the job would no longer have. */
  readonly count: number;
  /** Allocations that stay. */
  readonly kept: number;
  readonly stopped: number;
  readonly stops: readonly DryStop[];
  readonly placed: number;
  readonly placements: readonly DryPlacement[];
  /** Slots that nothing fits for, with those that would have followed; and why, as evaluations say it. */
  readonly unplaced: number;
  readonly reason?: BlockedReason;
  /** The nodes as they are before anything is placed, what is to stop being gone. Absent: the job has more groups than are looked at. */
  readonly looked?: Explanation & { readonly fitting: number };
  readonly nodes: readonly NodeVerdict[];
}

/** What the scheduler would do with a job. */
export interface DryRun {
  readonly jobId: string;
  /** No job of that id is alive. */
  readonly begins: boolean;
  readonly groups: readonly GroupDryRun[];
}

/** Each costs a look at every node. */
const MAX_EXPLAINED_GROUPS = 16;
const UNBOUNDED = { maxEvents: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

/**
 * What the scheduler would do with a job now, if nothing else came in between: by the same evaluation as a plan makes, once with what is held,
 * and, where something must stop first, once more without that; and so step by step, for as long as everything finds a place. Nothing is
 * planned; the state is left as it was.
 */
export function dryRun(
  state: ClusterState,
  asked: DryRunRequest,
  { now, portRange = DEFAULT_PORT_RANGE, reserves = true, quotas = NO_QUOTAS }: Pick<PlanOptions, 'now' | 'portRange' | 'reserves' | 'quotas'>,
): DryRun {
  state.ledger.portRange = portRange;
  state.agenda.reserves = reserves;
  state.quotas.defaults = quotas;
  const known = state.jobs.get(asked.jobId);
  const rehearsed = new SimulatedJob(state.shapes, known, asked.jobId, asked);
  const draft = new Draft(state, UNBOUNDED);
  const freed = new Freed(state);
  const steps = [asked, ...(asked.then ?? [])];
  try {
    const leaving = [...rehearsed.unwanted, ...surplusOfOtherJobs(state, { jobId: asked.jobId, others: asked.others }, freed)];
    const looks = whileReleased(freed, leaving, () => looksOf(state, rehearsed, { most: asked.most, now }));
    // Groups are changed in place by what follows: what they keep is what they have now.
    const groups = rehearsed.job.groups.map((group) => ({ group, kept: group.live - rehearsed.unwanted.filter((each) => each.group === group).length }));
    const outcome = evaluateSteps({ state, draft, now }, rehearsed, freed, { ...asked, steps });
    const last = steps.at(-1)!.specification;
    const told = groups.map(({ group, kept }) => groupRun(state, { name: group.name, kept, outcome, last, looks: looks.get(group), most: asked.most }));
    return { jobId: asked.jobId, begins: known === undefined, groups: told };
  } finally {
    draft.undo();
    freed.giveBack();
    rehearsed.drop();
  }
}

type Placed = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];
type Parts = Pick<Planning, 'state' | 'draft' | 'now'>;

interface Outcome {
  readonly placed: readonly { readonly data: Placed; readonly score: number; readonly afterStops: boolean; readonly step: number }[];
  readonly stopped: readonly { readonly allocation: LiveAllocation; readonly reason: StopReason; readonly step: number }[];
  readonly reasons: Readonly<Record<string, BlockedReason>>;
}

/** Step by step, until one does not find a place for everything. */
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
    for (const allocation of stops) stopped.push({ allocation, reason: reasonOf(allocation, step), step: index + 1 });
    const found = evaluateTwice(parts, rehearsed, freed, stops);
    placed.push(...found.placed.map((each) => ({ ...each, step: index + 1 })));
    if (Object.keys(found.reasons).length > 0) return { placed, stopped, reasons: found.reasons };
  }
  return { placed, stopped, reasons: {} };
}

/** What other jobs have and would have no more. */
function surplusOfOtherJobs(
  { jobs }: ClusterState,
  { jobId, others = {} }: Pick<DryRunRequest, 'jobId'> & { readonly others: DryRunRequest['others'] | undefined },
  freed: Freed,
): LiveAllocation[] {
  return Object.entries(others).flatMap(([id, count]) => {
    const job = id === jobId ? undefined : jobs.get(id);
    return job === undefined ? [] : allocationsOf(job).filter((allocation) => allocation.slot >= count && !freed.has(allocation));
  });
}

function reasonOf(allocation: LiveAllocation, { others }: DryRunStep): StopReason {
  const left = others?.[allocation.job.id];
  return allocation.stopping ?? unwantedBecause(allocation) ?? (left === undefined ? 'job-updated' : left === 0 ? 'job-stopped' : 'scaled-down');
}

type Found = Pick<Outcome, 'reasons'> & { readonly placed: readonly Omit<Outcome['placed'][number], 'step'>[] };

function evaluateTwice(parts: Parts, rehearsed: SimulatedJob, freed: Freed, stops: readonly LiveAllocation[]): Found {
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
  return { placed: placed.map((data, index) => ({ data, score: scores[index] ?? 0, afterStops })), reasons: blocked?.data.reasons ?? {} };
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
      const isExcluded = planning.excluded(job, undefined, group.specification, limitOf(group));
      const nodes = nodeVerdicts(state, shape, { ofJob, ofGroup }, { count: group.count, isExcluded });
      const fitting = nodes.filter(({ verdict }) => verdict === 'fits').length;
      return [[group, { looked: { ...planning.explanationOf(shape), fitting }, nodes: nodes.slice(0, most) }]];
    }),
  );
}

interface GroupRunInput {
  readonly name: string;
  readonly kept: number;
  readonly outcome: Outcome;
  /** What the job is to be in the end. */
  readonly last: JobSpecification;
  readonly looks: Looks | undefined;
  readonly most: number;
}

function groupRun(state: ClusterState, { name, kept, outcome, last, looks = { nodes: [] }, most }: GroupRunInput): GroupDryRun {
  const specified = last.task_groups.find((each) => each.name === name);
  const count = specified === undefined ? 0 : countOf(specified);
  const stops = outcome.stopped.filter(({ allocation }) => allocation.group.name === name);
  const own = outcome.placed.filter(({ data }) => data.group === name);
  const reason = outcome.reasons[name];
  return {
    ...{ name, count, kept, stopped: stops.length, placed: own.length },
    // What follows on what waits does not begin either.
    unplaced: reason === undefined ? 0 : Math.max(reason.unplaced, count - kept - own.length),
    stops: stops.slice(0, most).map(({ allocation, reason: why, step }) => ({
      ...{ allocationId: allocation.id, nodeId: state.nodes[allocation.node]?.id ?? '', reason: why, step },
    })),
    placements: own.slice(0, most).map(({ data, score, afterStops, step }) => ({
      ...{ slot: data.slot, nodeId: data.nodeId, score, afterStops, step },
      ...(data.ports !== undefined && { ports: data.ports }),
    })),
    ...(reason !== undefined && { reason }),
    ...looks,
  };
}

/** What allocations hold, as if it were let go of, until it is given back. */
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

  /** Of the newest as many as are said; all when absent. */
  giveBack(count = this.#allocations.length): void {
    for (const allocation of this.#allocations.splice(this.#allocations.length - count)) {
      this.state.ledger.hold(allocation.node, allocation.demand, devicesOf(allocation));
      if (allocation.counted !== undefined) this.state.quotas.hold(allocation.counted);
    }
  }
}

function whileReleased<Result>(freed: Freed, allocations: readonly LiveAllocation[], look: () => Result): Result {
  freed.free(allocations);
  try {
    return look();
  } finally {
    freed.giveBack(allocations.length);
  }
}
