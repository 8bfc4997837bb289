import type { BlockedReason } from '../plan-log/events.js';
import { Draft, UNBOUNDED } from '../planning/draft.js';
import { reasonsOf } from '../planning/evaluation.js';
import { Planning } from '../planning/planning.js';
import type { ClusterState, ScheduledNode } from '../state/cluster-state.js';
import { isVacant, type ScheduledJob } from '../state/scheduled-job.js';
import type { Branch } from './branch.js';

interface Place {
  readonly job: string;
  readonly group: string;
  readonly slot: number;
}

export interface MovedAllocation extends Place {
  readonly allocation: string;
  readonly from: string;
  readonly to: string;
  readonly score: number | undefined;
}

export interface PlacedAllocation extends Place {
  readonly to: string;
  readonly score: number | undefined;
}

export interface EndedAllocation extends Place {
  readonly allocation: string;
  readonly from: string;
}

export interface WaitingGroup {
  readonly job: string;
  readonly group: string;
  readonly before: number;
  readonly after: number;
}

export interface BlockedGroup extends WaitingGroup {
  readonly reason: BlockedReason | undefined;
}

export interface NodeUse {
  readonly status: 'ready' | 'down' | 'draining' | 'unhealthy' | 'ineligible' | 'unknown';
  readonly allocations: number;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}

/** Used and total resources of the nodes that accept placements. */
export interface Usage {
  readonly used: number;
  readonly capacity: number;
}

export interface ClusterUse {
  readonly nodes: number;
  readonly allocations: number;
  readonly waiting: number;
  readonly cpu: Usage;
  readonly memory: Usage;
  readonly gpus: Usage;
}

/** An immutable copy of the parts of a state that are compared. */
export interface ClusterPicture {
  readonly places: ReadonlyMap<string, Place & { readonly id: string; readonly node: string }>;
  readonly waiting: ReadonlyMap<
    string,
    { readonly job: string; readonly group: string; readonly count: number }
  >;
  readonly nodes: ReadonlyMap<string, NodeUse>;
  readonly use: ClusterUse;
}

export interface BranchComparison {
  readonly moves: readonly MovedAllocation[];
  readonly placed: readonly PlacedAllocation[];
  readonly stopped: readonly EndedAllocation[];
  /** Groups with more waiting instances than before. */
  readonly blocked: readonly BlockedGroup[];
  readonly unblocked: readonly WaitingGroup[];
  /** Number of instances that would be placed again only after the end of the branch, because of failures or losses. */
  readonly later: number;
  readonly nodes: readonly {
    readonly node: string;
    readonly before: NodeUse | undefined;
    readonly after: NodeUse | undefined;
  }[];
  readonly before: ClusterUse;
  readonly after: ClusterUse;
}

/** Maximum number of groups to explain. Each explanation requires a scan of all nodes. */
const MAX_EXPLAINED = 100;

export function pictureOf(state: ClusterState, now: number): ClusterPicture {
  const places = new Map<string, Place & { id: string; node: string }>();
  for (const allocation of state.allocations.values()) {
    const { id, job, group, slot } = allocation;
    const node = state.nodes[allocation.node]?.id ?? '';
    places.set(keyOf(job.id, group.name, slot), { id, node, job: job.id, group: group.name, slot });
  }
  const waiting = new Map<string, { job: string; group: string; count: number }>();
  let waits = 0;
  for (const job of state.jobs.values())
    for (const { name, count } of vacanciesOf(job, now)) {
      waiting.set(keyOf(job.id, name), { job: job.id, group: name, count });
      waits += count;
    }
  const nodes = new Map(state.nodes.map((node) => [node.id, useOf(state, node)]));
  return { places, waiting, nodes, use: clusterUse(state, waits) };
}

export function comparisonOf(before: ClusterPicture, branch: Comparable): BranchComparison {
  const { state, now } = branch;
  const after = pictureOf(state, now);
  const moves: MovedAllocation[] = [];
  const placed: PlacedAllocation[] = [];
  for (const [key, { job, group, slot, id, node }] of after.places) {
    const former = before.places.get(key);
    if (former?.id === id) continue;
    const score = branch.scoreOf(id);
    if (former === undefined) placed.push({ job, group, slot, to: node, score });
    else moves.push({ job, group, slot, allocation: former.id, from: former.node, to: node, score });
  }
  const stopped = [...before.places.values()].flatMap(({ id, node, job, group, slot }) =>
    after.places.has(keyOf(job, group, slot)) || isWaiting(state, { job, group, slot })
      ? []
      : [{ allocation: id, job, group, slot, from: node }],
  );
  return {
    moves: moves.sort(byPlace),
    placed: placed.sort(byPlace),
    stopped: stopped.sort(byPlace),
    ...waitingOf(before, after, state, now),
    later: laterOf(state, now),
    nodes: nodesOf(before, after),
    before: before.use,
    after: after.use,
  };
}

type Comparable = Pick<Branch, 'state' | 'now' | 'scoreOf'>;

function waitingOf(
  before: ClusterPicture,
  after: ClusterPicture,
  state: ClusterState,
  now: number,
): Pick<BranchComparison, 'blocked' | 'unblocked'> {
  const blocked: BlockedGroup[] = [];
  const planning = new Planning(state, new Draft(state, UNBOUNDED), now);
  for (const [key, { job: id, group, count }] of after.waiting) {
    const formerly = before.waiting.get(key)?.count ?? 0;
    if (count <= formerly) continue;
    const job = state.jobs.get(id);
    const reason =
      job === undefined || blocked.length >= MAX_EXPLAINED
        ? undefined
        : reasonsOf(planning, job, new Map([[group, count]]))[group];
    blocked.push({ job: id, group, before: formerly, after: count, reason });
  }
  const unblocked = [...before.waiting].flatMap(([key, { job, group, count }]) => {
    const still = after.waiting.get(key)?.count ?? 0;
    const isWanted = state.jobs.get(job)?.stopped === false;
    return still < count && isWanted ? [{ job, group, before: count, after: still }] : [];
  });
  return { blocked: blocked.sort(byGroup), unblocked: unblocked.sort(byGroup) };
}

function nodesOf(before: ClusterPicture, after: ClusterPicture): BranchComparison['nodes'] {
  const ids = new Set([...before.nodes.keys(), ...after.nodes.keys()]);
  return [...ids].sort().flatMap((node) => {
    const [one, other] = [before.nodes.get(node), after.nodes.get(node)];
    return one !== undefined && other !== undefined && isSameUse(one, other)
      ? []
      : [{ node, before: one, after: other }];
  });
}

function isSameUse(one: NodeUse, other: NodeUse): boolean {
  return (
    one.status === other.status &&
    one.allocations === other.allocations &&
    one.cpu === other.cpu &&
    one.memory === other.memory &&
    one.gpus === other.gpus
  );
}

function useOf(state: ClusterState, node: ScheduledNode): NodeUse {
  const { ledger } = state;
  return {
    status: statusOf(node),
    allocations: node.allocations.size,
    cpu: ledger.usedOf(ledger.cpu, node.index),
    memory: ledger.usedOf(ledger.memory, node.index),
    gpus: ledger.usedOf(ledger.gpus, node.index),
  };
}

function statusOf({ facts }: ScheduledNode): NodeUse['status'] {
  if (facts === undefined) return 'unknown';
  if (facts.down) return 'down';
  if (facts.draining) return 'draining';
  if (!facts.healthy) return 'unhealthy';
  return facts.eligible ? 'ready' : 'ineligible';
}

function clusterUse(state: ClusterState, waiting: number): ClusterUse {
  const { ledger } = state;
  const open = state.nodes.filter(({ open: isOpen }) => isOpen);
  const sum = (dimension: number): Usage => ({
    used: open.reduce((total, { index }) => total + ledger.usedOf(dimension, index), 0),
    capacity: open.reduce((total, { index }) => total + ledger.capacityOf(dimension, index), 0),
  });
  return {
    nodes: open.length,
    allocations: state.allocations.size,
    waiting,
    cpu: sum(ledger.cpu),
    memory: sum(ledger.memory),
    gpus: sum(ledger.gpus),
  };
}

function vacanciesOf(job: ScheduledJob, now: number): { readonly name: string; readonly count: number }[] {
  if (job.stopped) return [];
  return job.groups.flatMap(({ name, specification, count: wanted, slots }) => {
    if (specification === undefined) return [];
    let count = 0;
    for (let slot = 0; slot < wanted; slot += 1) if (isVacant(slots[slot], now)) count += 1;
    return count === 0 ? [] : [{ name, count }];
  });
}

function laterOf({ jobs }: ClusterState, now: number): number {
  let count = 0;
  for (const job of jobs.values()) {
    if (job.stopped) continue;
    for (const group of job.groups)
      for (let slot = 0; slot < group.count; slot += 1) if (isDueLater(group.slots[slot], now)) count += 1;
  }
  return count;
}

type MaybeSlot = ScheduledJob['groups'][number]['slots'][number];

function isDueLater(slot: MaybeSlot, now: number): boolean {
  return slot?.allocation === undefined && slot?.retryAt !== undefined && slot.retryAt > now;
}

function isWaiting({ jobs }: ClusterState, { job: id, group: name, slot }: Place): boolean {
  const job = jobs.get(id);
  const group = job?.stopped === false ? job.groups.find((each) => each.name === name) : undefined;
  return group?.specification !== undefined && slot < group.count && group.slots[slot]?.outcome === undefined;
}

function keyOf(job: string, group: string, slot?: number): string {
  return slot === undefined ? `${job} ${group}` : `${job} ${group} ${slot}`;
}

function byGroup(
  one: { readonly job: string; readonly group: string },
  other: { readonly job: string; readonly group: string },
): number {
  return compared(one.job, other.job) || compared(one.group, other.group);
}

function byPlace(one: Place, other: Place): number {
  return byGroup(one, other) || one.slot - other.slot;
}

function compared(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
