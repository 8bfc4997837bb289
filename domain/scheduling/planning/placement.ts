import { textHash } from '../../kernel/text-hash.js';
import { allocationIdOf } from '../allocation-id.js';
import { choosePorts } from '../capacity/port-range.js';
import type { Demand } from '../capacity/ledger.js';
import type { AssignedPort, AssignedPorts } from '../../jobs/job/task-port.js';
import { chooseDevices } from '../feasibility/fit.js';
import type { PlanEvent } from '../plan-log/events.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { Planning } from './planning.js';
import {
  groupUse,
  isVacant,
  maxRunOf,
  type LiveAllocation,
  type ScheduledGroup,
  type ScheduledJob,
} from '../state/scheduled-job.js';
import { lacksFreePorts } from '../state/taken-ports.js';
import { inThousandths, scoreNode } from './score.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';

export interface Placements {
  readonly placed: number;
  readonly unplaced: number;
  readonly full: boolean;
}

export class SameJob {
  #counts: Map<number, number> | undefined;

  constructor(job: ScheduledJob, counts: (allocation: LiveAllocation) => boolean = () => true) {
    if (job.live === 0) return;
    for (const group of job.groups) {
      if (group.live === 0) continue;
      for (const slot of group.slots)
        if (slot?.allocation !== undefined && counts(slot.allocation)) this.add(slot.allocation.node);
    }
  }

  add(node: number): void {
    this.#counts ??= new Map();
    this.#counts.set(node, (this.#counts.get(node) ?? 0) + 1);
  }

  on(node: number): number {
    return this.#counts?.get(node) ?? 0;
  }
}

const RESERVE = 2;

/**
 * Fills the group's vacant slots, lowest first, and updates `sameJob`. The search starts at a point on the ring of nodes that is derived from the
 * evaluation and the slot, so it is repeatable.
 */
export function placeGroup(
  planning: Planning,
  job: ScheduledJob,
  group: ScheduledGroup,
  evaluation: () => string,
  sameJob: SameJob,
): Placements {
  const { draft, now, exhausted, heldBack } = planning;
  const specification = group.specification;
  if (specification === undefined) return { placed: 0, unplaced: 0, full: false };
  const { shape } = specification;
  let evaluationId = '';
  let placed = 0;
  let unplaced = 0;
  for (let slot = 0; slot < group.count; slot += 1) {
    if (!isVacant(group.slots[slot], now)) continue;
    if (planning.excessOf(job, group) !== undefined) {
      unplaced += 1;
      continue;
    }
    const isExcluded = planning.excluded(job, group.slots[slot], specification, maxRunOf(group));
    const limit = maxRunOf(group) ?? Number.POSITIVE_INFINITY;
    if (exhausted.has(shape) || (isExcluded !== undefined && limit >= (heldBack.get(shape) ?? Number.NaN))) {
      unplaced += 1;
      continue;
    }
    if (!draft.hasRoom(RESERVE)) return { placed, unplaced, full: true };
    if (evaluationId === '') evaluationId = evaluation();
    const start = searchStart(evaluationId, slot, planning.window);
    const chosen = chooseNode(planning, shape, start, sameJob, {
      count: group.count,
      isExcluded,
    });
    if (chosen === undefined) {
      if (isExcluded === undefined) exhausted.add(shape);
      else heldBack.set(shape, limit);
      unplaced += 1;
      continue;
    }
    if (!place(planning, job, group, specification, slot, chosen, evaluationId))
      return { placed, unplaced, full: true };
    sameJob.add(chosen.node);
    placed += 1;
  }
  return { placed, unplaced, full: false };
}

interface Wanted {
  readonly count: number;
  readonly isExcluded: ((node: number) => boolean) | undefined;
}

export function searchStart(evaluationId: string, slot: number, window: number): number {
  return textHash(evaluationId) + slot * window;
}

export interface ChosenNode {
  readonly node: number;
  readonly score: number;
}

/**
 * Returns the best of the first few nodes that fit. If several are equally good, returns the first of them. For a group with dynamic ports, nodes on
 * which many were taken come last.
 *
 * @param considered called with each of these nodes and its score
 */
export function chooseNode(
  planning: Planning,
  shape: Shape,
  offset: number,
  sameJob: SameJob,
  { count, isExcluded }: Wanted,
  considered?: (node: number, score: number) => void,
): ChosenNode | undefined {
  const { state, found, window, now } = planning;
  const find = (excluded: Wanted['isExcluded']): number =>
    state.candidates.find(shape, offset, window, found, excluded);
  const isLast = (node: number): boolean => lacksFreePorts(state.nodes[node]!, now);
  let feasible =
    shape.demand.dynamicPorts > 0 ? find((node) => isExcluded?.(node) === true || isLast(node)) : 0;
  if (feasible === 0) feasible = find(isExcluded);
  let best: number | undefined;
  let highest = -1;
  for (let index = 0; index < feasible; index += 1) {
    const node = found[index]!;
    const score = scoreNode(state.ledger, node, shape.demand, sameJob.on(node), count);
    considered?.(node, score);
    if (score > highest) {
      highest = score;
      best = node;
    }
  }
  if (best === undefined) return undefined;
  planning.chose?.(best, highest);
  return { node: best, score: highest };
}

type PlacedData = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];

function place(
  planning: Planning,
  job: ScheduledJob,
  group: ScheduledGroup,
  specification: GroupSpecification,
  slot: number,
  chosen: ChosenNode,
  evaluationId: string,
): boolean {
  const { data, demand } = placementOf(planning.state, job, group, specification, slot, chosen, evaluationId);
  const added = planning.draft.add({ type: 'AllocationPlaced', data, cause: job.cause });
  if (added)
    planning.draft.hold(
      chosen.node,
      demand,
      data.gpuDevices === undefined ? undefined : Object.values(data.gpuDevices).flat(),
      groupUse(job, group, demand),
    );
  return added;
}

export function placementOf(
  state: ClusterState,
  job: ScheduledJob,
  group: ScheduledGroup,
  { shape, dynamicPorts }: GroupSpecification,
  slot: number,
  { node, score }: ChosenNode,
  evaluationId: string,
): { readonly data: PlacedData; readonly demand: Demand } {
  const target = state.nodes[node]!;
  const former = group.slots[slot];
  const attempt = former?.version === job.version ? former.attempts : 0;
  // After a failure it gets different ports, because another process on the node may hold one of the previous ones.
  const withOtherPorts = attempt > 0 && former?.given === undefined;
  const gpuDevices = shape.wantsDevices ? chooseDevices(state.ledger, node, shape.data.gpus) : undefined;
  const assignedPorts =
    dynamicPorts === undefined
      ? undefined
      : choosePorts(dynamicPorts, {
          range: state.ledger.portRange,
          held: state.ledger.portsHeld(node),
          named: shape.demand.ports,
          avoided: target.takenPorts,
          former: former?.given?.node === node ? former.given.ports : {},
          slot: `${job.id}/${group.name}/${slot}${withOtherPorts ? `/${attempt}` : ''}`,
          preferred: !withOtherPorts,
        });
  const demand = assignedPorts === undefined ? shape.demand : withPorts(shape.demand, assignedPorts);
  const { resources, ports, volumes } = demand;
  const data: PlacedData = {
    allocationId: allocationIdOf(job.id, job.version, group.name, slot, attempt, state.epoch),
    jobId: job.id,
    group: group.name,
    slot,
    nodeId: target.id,
    jobVersion: job.version,
    attempt,
    epoch: target.admitted?.epoch ?? 0,
    evaluationId,
    resources,
    ...(ports.length > 0 ? { ports: [...ports] } : {}),
    ...(assignedPorts === undefined ? {} : { assignedPorts: copied(assignedPorts) }),
    ...(volumes.length > 0 ? namesOf(volumes) : {}),
    ...(gpuDevices === undefined ? {} : { gpuDevices }),
    score: inThousandths(score),
  };
  return { data, demand };
}

function withPorts(demand: Demand, assigned: AssignedPorts): Demand {
  const chosen = Object.values(assigned).flatMap((ports) => ports.map(({ host }) => host));
  return { ...demand, ports: [...demand.ports, ...chosen], dynamicPorts: 0 };
}

function copied(assigned: AssignedPorts): Record<string, AssignedPort[]> {
  return Object.fromEntries(Object.entries(assigned).map(([task, ports]) => [task, [...ports]]));
}

function namesOf(volumes: Demand['volumes']): { volumes: string[]; readOnlyVolumes?: string[] } {
  const read = volumes.filter(({ writable }) => !writable).map(({ name }) => name);
  return {
    volumes: volumes.map(({ name }) => name),
    ...(read.length === 0 ? {} : { readOnlyVolumes: read }),
  };
}
