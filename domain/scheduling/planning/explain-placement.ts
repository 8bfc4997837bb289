import { NO_QUOTAS } from '../../accounts/quota/index.js';
import { DEFAULT_PORT_RANGE } from '../capacity/port-range.js';
import type { BlockedReason, PlanEvent } from '../plan-log/events.js';
import type { ClusterState } from '../state/cluster-state.js';
import { demandOf, devicesOf } from '../state/fold-plan.js';
import { groupUse, maxRunOf, type ScheduledGroup, type ScheduledJob } from '../state/scheduled-job.js';
import type { GroupSpecification } from '../feasibility/shape.js';
import { Draft, UNBOUNDED } from './draft.js';
import { nodeVerdicts, type NodeVerdict } from './node-verdict.js';
import { chooseNode, placementOf, SameJob, searchStart, type ChosenNode } from './placement.js';
import type { PlanOptions } from './plan.js';
import { Planning } from './planning.js';
import { explain, type Explanation } from './reasons.js';
import { inThousandths, scoreAntiAffinity, scoreBinPacking, SCHEDULING_RULES } from './score.js';

type Placed = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];
type Blocked = Extract<PlanEvent, { type: 'EvaluationBlocked' }>['data'];

export type ExplainOptions = Pick<PlanOptions, 'portRange' | 'reserves' | 'quotas'>;

/** The plan that a decision is part of. */
export interface DecidedPlan {
  readonly now: number;
  readonly earlier: readonly PlanEvent[];
  readonly rules: number;
}

export interface ConsideredNode {
  readonly nodeId: string;
  readonly score: number;
  /** How well the job fills the node, 0..1. */
  readonly packing: number;
  readonly apart?: number;
}

/** How a recomputed placement differs. `state` means that the job was unknown or did not need the slot. */
export type PlacementDifference = 'rules' | 'state' | 'node' | 'score' | 'ports' | 'devices';

export interface NodeSurvey extends Explanation {
  readonly fitting: number;
  readonly verdicts: readonly NodeVerdict[];
}

export interface PlacementExplanation {
  readonly nodeId: string;
  readonly score: number | null;
  /** The choice of the present scheduler in the same state, or null if it chooses no node. */
  readonly chosen: { readonly nodeId: string; readonly score: number } | null;
  readonly reproduced: boolean;
  readonly differs: readonly PlacementDifference[];
  readonly rules: number;
  readonly considered: readonly ConsideredNode[];
  readonly window: number;
  readonly earlierInPlan: number;
  readonly survey?: NodeSurvey;
}

export interface BlockedGroup {
  readonly group: string;
  readonly reason: BlockedReason;
  readonly survey?: NodeSurvey;
}

/**
 * Explains a placement by repeating it. `state`: the state at the plan's basis, which is left unchanged. The same functions decide here as in the
 * scheduler, so nothing has to be stored about the nodes that were not chosen.
 */
export function explainPlacement(
  state: ClusterState,
  placed: Placed,
  plan: DecidedPlan,
  options: ExplainOptions = {},
): PlacementExplanation {
  return repeat(state, plan, options, (planning) => {
    const recorded = {
      nodeId: placed.nodeId,
      score: placed.score ?? null,
      rules: plan.rules,
      window: planning.window,
      earlierInPlan: plan.earlier.filter(({ type }) => type === 'AllocationPlaced').length,
    };
    const wanted = wantedOf(state, placed);
    if (wanted === undefined)
      return { ...recorded, chosen: null, reproduced: false, differs: ['state'], considered: [] };
    const { job, group, specification } = wanted;
    const sameJob = sameJobOf(state, job, plan.earlier);
    const isExcluded = planning.excluded(job, group.slots[placed.slot], specification, maxRunOf(group));
    const considered: ConsideredNode[] = [];
    const chosen = chooseNode(
      planning,
      specification.shape,
      searchStart(placed.evaluationId, placed.slot, planning.window),
      sameJob,
      { count: group.count, isExcluded },
      (node, score) => {
        const apart = scoreAntiAffinity(sameJob.on(node), group.count);
        considered.push({
          nodeId: state.nodes[node]?.id ?? '',
          score,
          packing: scoreBinPacking(state.ledger, node, specification.shape.demand),
          ...(apart !== undefined && { apart }),
        });
      },
    );
    const differs = differences(state, wanted, placed, chosen, plan.rules);
    return {
      ...recorded,
      chosen:
        chosen === undefined ? null : { nodeId: state.nodes[chosen.node]?.id ?? '', score: chosen.score },
      reproduced: differs.length === 0,
      differs,
      considered,
      survey: surveyOf(state, wanted, sameJob, { isExcluded, now: planning.now }),
    };
  });
}

export function explainBlocked(
  state: ClusterState,
  { jobId, reasons }: Pick<Blocked, 'jobId' | 'reasons'>,
  plan: DecidedPlan,
  options: ExplainOptions = {},
): BlockedGroup[] {
  return repeat(state, plan, options, (planning) =>
    Object.entries(reasons).map(([group, reason]) => {
      const wanted = wantedOf(state, { jobId, group });
      if (wanted === undefined) return { group, reason };
      const vacant = wanted.group.slots.find((slot) => slot?.allocation === undefined);
      const isExcluded = planning.excluded(wanted.job, vacant, wanted.specification, maxRunOf(wanted.group));
      const survey = surveyOf(state, wanted, sameJobOf(state, wanted.job, plan.earlier), {
        isExcluded,
        now: planning.now,
      });
      return { group, reason, survey };
    }),
  );
}

/** Applies the plan's earlier decisions, calls `look`, and restores the state. */
function repeat<Result>(
  state: ClusterState,
  { now, earlier }: DecidedPlan,
  { portRange = DEFAULT_PORT_RANGE, reserves = true, quotas = NO_QUOTAS }: ExplainOptions,
  look: (planning: Planning) => Result,
): Result {
  state.ledger.portRange = portRange;
  state.agenda.reserves = reserves;
  state.limitBy(quotas);
  const draft = new Draft(state, UNBOUNDED);
  const planning = new Planning(state, draft, now);
  try {
    for (const event of earlier) {
      if (event.type === 'AllocationPlaced') hold(state, draft, event.data);
      else if (event.type === 'EvaluationCompleted') {
        const job = state.jobs.get(event.data.jobId);
        if (job !== undefined) planning.markFullyPlaced(job);
      }
    }
    return look(planning);
  } finally {
    draft.undo();
  }
}

function hold(state: ClusterState, draft: Draft, placed: Placed): void {
  const job = state.jobs.get(placed.jobId);
  const group = job?.groups.find(({ name }) => name === placed.group);
  const node = state.nodes.findIndex(({ id }) => id === placed.nodeId);
  if (node < 0) return;
  const demand = demandOf(state, group, placed);
  draft.hold(node, demand, devicesOf(placed), job && groupUse(job, group, demand));
}

interface Wanted {
  readonly job: ScheduledJob;
  readonly group: ScheduledGroup;
  readonly specification: GroupSpecification;
}

function wantedOf(
  state: ClusterState,
  { jobId, group: name }: Pick<Placed, 'jobId' | 'group'>,
): Wanted | undefined {
  const job = state.jobs.get(jobId);
  const group = job?.groups.find((each) => each.name === name);
  if (job === undefined || group?.specification === undefined) return undefined;
  return { job, group, specification: group.specification };
}

/** The job's allocations by node, including the ones that the plan has placed so far. */
function sameJobOf(state: ClusterState, job: ScheduledJob, earlier: readonly PlanEvent[]): SameJob {
  const sameJob = new SameJob(job);
  for (const { type, data } of earlier)
    if (type === 'AllocationPlaced' && data.jobId === job.id)
      sameJob.add(state.nodes.findIndex(({ id }) => id === data.nodeId));
  return sameJob;
}

function differences(
  state: ClusterState,
  { job, group, specification }: Wanted,
  placed: Placed,
  chosen: ChosenNode | undefined,
  rules: number,
): PlacementDifference[] {
  const differs: PlacementDifference[] = rules === SCHEDULING_RULES ? [] : ['rules'];
  if (chosen === undefined || state.nodes[chosen.node]?.id !== placed.nodeId) return [...differs, 'node'];
  const { data } = placementOf(state, job, group, specification, placed.slot, chosen, placed.evaluationId);
  if (data.allocationId !== placed.allocationId) differs.push('state');
  if (placed.score !== undefined && Math.abs(inThousandths(chosen.score) - placed.score) > 1)
    differs.push('score');
  if (!isSame(data.ports, placed.ports) || !isSame(data.assignedPorts, placed.assignedPorts))
    differs.push('ports');
  if (!isSame(data.gpuDevices, placed.gpuDevices)) differs.push('devices');
  return differs;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function surveyOf(
  state: ClusterState,
  { job, group, specification: { shape } }: Wanted,
  ofJob: SameJob,
  { isExcluded, now }: { readonly isExcluded: ((node: number) => boolean) | undefined; readonly now: number },
): NodeSurvey {
  const ofGroup = new SameJob(job, (allocation) => allocation.group === group);
  const verdicts = nodeVerdicts(state, shape, { ofJob, ofGroup }, { count: group.count, isExcluded, now });
  return {
    ...explain(state, shape, isExcluded),
    fitting: verdicts.filter(({ verdict }) => verdict === 'fits').length,
    verdicts,
  };
}
