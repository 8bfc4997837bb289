import type { JobSpecification } from '../../job/specification.js';
import type { BlockedReason, PlanEvent, StopReason } from '../../plan-log/events.js';
import { DEFAULT_PORT_RANGE } from '../capacity/port-range.js';
import type { ClusterState } from '../state/cluster-state.js';
import { devicesOf } from '../state/fold-plan.js';
import { unwantedBecause, type LiveAllocation, type ScheduledGroup } from '../state/scheduled-job.js';
import { Draft } from './draft.js';
import { evaluateJob } from './evaluation.js';
import { lookAtNodes, type NodeLook } from './node-look.js';
import { SameJob } from './placement.js';
import type { PlanOptions } from './plan.js';
import { Planning } from './planning.js';
import type { Explanation } from './reasons.js';
import { allocationsOf, RehearsedJob } from './rehearsed-job.js';

/** A job that somebody would like to know the fate of. */
export interface DryRunAsked {
  readonly jobId: string;
  readonly specification: JobSpecification;
  /** Where the search for nodes begins follows from it: the evaluation of the submission that may follow. */
  readonly evaluationId: string;
  /** Jobs that would have ended before it is placed. */
  readonly instead?: readonly string[];
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
}

export interface DryStop {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly reason: StopReason;
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
  /** Slots that nothing fits for, and why, as evaluations say it. */
  readonly unplaced: number;
  readonly reason?: BlockedReason;
  /** The nodes as they are before anything is placed, what is to stop being gone. Absent: the job has more groups than are looked at. */
  readonly looked?: Explanation & { readonly fitting: number };
  readonly nodes: readonly NodeLook[];
}

/** What the scheduler would do with a job. */
export interface DryRun {
  readonly jobId: string;
  /** No job of that id is alive. */
  readonly begins: boolean;
  readonly groups: readonly GroupDryRun[];
}

/** Each costs a look at every node. */
const MOST_LOOKED_AT = 16;
const UNBOUNDED = { maxEvents: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

/**
 * What the scheduler would do with a job now, if nothing else came in between: by the same evaluation as a plan makes, once with what the
 * job holds, and, where something of it must stop first, once more without that. Nothing is planned; the state is left as it was.
 */
export function dryRun(state: ClusterState, asked: DryRunAsked, { now, portRange = DEFAULT_PORT_RANGE }: Pick<PlanOptions, 'now' | 'portRange'>): DryRun {
  state.ledger.portRange = portRange;
  const known = state.jobs.get(asked.jobId);
  const rehearsed = new RehearsedJob(state.shapes, known, asked.jobId, asked.specification, asked.evaluationId);
  const draft = new Draft(state, UNBOUNDED);
  const gone = (asked.instead ?? []).flatMap((id) => allocationsOf(state.jobs.get(id) ?? rehearsed.job)).filter(({ job }) => job !== rehearsed.job);
  const freed = new Freed(state);
  try {
    freed.free(gone);
    const looks = whileGone(freed, rehearsed.unwanted, () => looksOf(state, rehearsed, asked.most));
    const outcome = evaluateTwice({ state, draft, now }, rehearsed, freed);
    const groups = rehearsed.job.groups.map((group) => groupRun(state, group, rehearsed, outcome, looks.get(group) ?? { nodes: [] }, asked.most));
    return { jobId: asked.jobId, begins: known === undefined, groups };
  } finally {
    draft.undo();
    freed.giveBack();
    rehearsed.drop();
  }
}

type Placed = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];

interface Outcome {
  readonly placed: readonly { readonly data: Placed; readonly score: number; readonly afterStops: boolean }[];
  readonly reasons: Readonly<Record<string, BlockedReason>>;
}

function evaluateTwice(parts: Pick<Planning, 'state' | 'draft' | 'now'>, rehearsed: RehearsedJob, freed: Freed): Outcome {
  const first = evaluateOnce(parts, rehearsed, false);
  if (rehearsed.unwanted.length === 0) return first;
  for (const { data } of first.placed) rehearsed.placed(data, parts.state.ledger.node(data.nodeId));
  rehearsed.ended(Object.keys(first.reasons).length > 0);
  freed.free(rehearsed.unwanted);
  const then = evaluateOnce(parts, rehearsed, true);
  return { placed: [...first.placed, ...then.placed], reasons: then.reasons };
}

function evaluateOnce({ state, draft, now }: Pick<Planning, 'state' | 'draft' | 'now'>, { job }: RehearsedJob, afterStops: boolean): Outcome {
  const scores: number[] = [];
  const before = draft.events.length;
  evaluateJob(new Planning(state, draft, now, (_node, score) => scores.push(score)), job);
  const events = draft.events.slice(before);
  const placed = events.flatMap((event) => (event.type === 'AllocationPlaced' ? [event.data] : []));
  const blocked = events.findLast((event) => event.type === 'EvaluationBlocked');
  return { placed: placed.map((data, index) => ({ data, score: scores[index] ?? 0, afterStops })), reasons: blocked?.data.reasons ?? {} };
}

type Looks = Pick<GroupDryRun, 'looked' | 'nodes'>;

function looksOf(state: ClusterState, { job }: RehearsedJob, most: number): ReadonlyMap<ScheduledGroup, Looks> {
  const planning = new Planning(state, new Draft(state, UNBOUNDED), 0);
  const wanted = job.groups.filter(({ specification, count }) => specification !== undefined && count > 0);
  const staying = new SameJob(job, (allocation) => unwantedBecause(allocation) === undefined);
  return new Map(
    wanted.slice(0, MOST_LOOKED_AT).flatMap((group) => {
      if (group.specification === undefined) return [];
      const { shape } = group.specification;
      const nodes = lookAtNodes(state, shape, staying, group.count);
      const fitting = nodes.filter(({ verdict }) => verdict === 'fits').length;
      return [[group, { looked: { ...planning.explanationOf(shape), fitting }, nodes: nodes.slice(0, most) }]];
    }),
  );
}

function groupRun(
  state: ClusterState,
  group: ScheduledGroup,
  { unwanted }: RehearsedJob,
  { placed, reasons }: Outcome,
  looks: Looks,
  most: number,
): GroupDryRun {
  const { name, count } = group;
  const stops = unwanted.filter((allocation) => allocation.group === group);
  const own = placed.filter(({ data }) => data.group === name);
  const early = own.filter(({ afterStops }) => !afterStops).length;
  const again = unwanted.length > 0;
  const reason = reasons[name];
  // After the stops its slots hold what stayed and what was placed before.
  const kept = again ? group.live - early : group.live;
  return {
    ...{ name, count, kept, stopped: stops.length, placed: own.length, unplaced: reason?.unplaced ?? 0 },
    stops: stops.slice(0, most).map((stop) => ({
      allocationId: stop.id,
      nodeId: state.nodes[stop.node]?.id ?? '',
      reason: stop.stopping ?? unwantedBecause(stop) ?? 'job-updated',
    })),
    placements: own.slice(0, most).map(({ data, score, afterStops }) => ({
      ...{ slot: data.slot, nodeId: data.nodeId, score, afterStops },
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

  free(allocations: readonly LiveAllocation[]): void {
    for (const allocation of allocations) {
      this.state.ledger.release(allocation.node, allocation.demand, devicesOf(allocation));
      this.state.candidates.freed(allocation.node);
      this.#allocations.push(allocation);
    }
  }

  /** Of the newest as many as are said; all when absent. */
  giveBack(count = this.#allocations.length): void {
    for (const allocation of this.#allocations.splice(this.#allocations.length - count)) {
      this.state.ledger.hold(allocation.node, allocation.demand, devicesOf(allocation));
    }
  }
}

function whileGone<Result>(freed: Freed, allocations: readonly LiveAllocation[], look: () => Result): Result {
  freed.free(allocations);
  try {
    return look();
  } finally {
    freed.giveBack(allocations.length);
  }
}
