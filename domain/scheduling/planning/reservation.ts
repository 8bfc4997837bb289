import { isLacking, isTooSmall } from '../feasibility/fit.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';
import type { Demand, Ledger } from '../capacity/ledger.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { LiveAllocation, ScheduledGroup, ScheduledJob, Slot } from '../state/scheduled-job.js';

/** The number of nodes that are reserved for one job doubles each time that it has waited so long (ms). */
export const RESERVATION_DOUBLES_MS = 120_000;
/** At most this share of the nodes is reserved, and one at least. */
const RESERVABLE_SHARE_DIVISOR = 4;
const MAX_NODES = 32;
/** Nodes that are looked at closely for one reservation. */
const MAX_EXAMINED_NODES = 64;
/** Blocked jobs that are tried, the first in line first, until there is one for which nodes can be reserved. */
const MAX_EXAMINED_JOBS = 8;
const NO_JOBS: ReadonlySet<ScheduledJob> = new Set();

/** A node that is kept for a job that waits. */
interface ReservedNode {
  /** When enough will have ended there at the latest (ms since the epoch); undefined: not all that runs there has a time limit. */
  readonly freeAt: number | undefined;
}

/**
 * Nodes that are kept for the blocked job that is first in line, so that it does not starve under smaller ones: what comes after it may be
 * placed there only where that does not delay it (the backfill of Slurm, with one reservation).
 */
export interface Reservation {
  readonly job: ScheduledJob;
  readonly shape: Shape;
  readonly nodes: ReadonlyMap<number, ReservedNode>;
}

/** The reservation at this moment: it follows from the state, and no event says it. `placed`: jobs that a plan has just found all their places for. */
export function reservationOf(state: ClusterState, now: number, placed: ReadonlySet<ScheduledJob> = NO_JOBS): Reservation | undefined {
  if (!state.agenda.reserves || state.agenda.waiting.size === 0) return undefined;
  for (const { job, shape } of firstInLine(state, placed)) {
    const nodes = nodesFor(state, job, shape, now);
    if (nodes.size > 0) return { job, shape, nodes };
  }
  return undefined;
}

/** May an instance of a job be kept off reserved nodes? Not one of higher priority, and not one that had its slot before: it only comes back. */
export function isHeldBack({ job: first }: Reservation, job: ScheduledJob, slot: Slot | undefined): boolean {
  return job.id !== first.id && job.priority <= first.priority && (slot?.version ?? -1) < 0;
}

/** Would the job that the node is reserved for start later if this were placed there? */
export function delays(
  { shape, nodes }: Reservation,
  ledger: Ledger,
  node: number,
  { shape: other, maxRunMs }: Pick<GroupSpecification, 'shape' | 'maxRunMs'>,
  now: number,
): boolean {
  const reserved = nodes.get(node);
  if (reserved === undefined) return false;
  if (maxRunMs !== undefined && reserved.freeAt !== undefined && now + maxRunMs <= reserved.freeAt) return false;
  return shares(ledger, node, shape.demand, other.demand);
}

/** What both need of the node is not enough for both. */
function shares(ledger: Ledger, node: number, first: Demand, second: Demand): boolean {
  if (first.ports.some((port) => second.ports.includes(port))) return true;
  return second.dimensions.some((dimension, index) => {
    const at = first.dimensions.indexOf(dimension);
    if (at < 0) return false;
    return ledger.usedOf(dimension, node) + first.amounts[at]! + second.amounts[index]! > ledger.capacityOf(dimension, node);
  });
}

/** Blocked jobs, each with what it waits for: the higher priority first, then who has waited longer. Of those that wait for the same only the first. */
function firstInLine({ agenda }: ClusterState, placed: ReadonlySet<ScheduledJob>): { readonly job: ScheduledJob; readonly shape: Shape }[] {
  const line: { readonly job: ScheduledJob; readonly shape: Shape }[] = [];
  for (const [shape, queue] of agenda.waiting) {
    const job = queue.first((each) => placed.has(each) || each.stopped || each.blocked === undefined);
    if (job === undefined) continue;
    const place = line.findIndex((other) => isBefore(job, other.job));
    if (place >= 0) line.splice(place, 0, { job, shape });
    else if (line.length < MAX_EXAMINED_JOBS) line.push({ job, shape });
    if (line.length > MAX_EXAMINED_JOBS) line.pop();
  }
  return line;
}

function isBefore(one: ScheduledJob, other: ScheduledJob): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return (one.blocked?.order ?? 0) < (other.blocked?.order ?? 0);
}

function nodesFor(state: ClusterState, job: ScheduledJob, shape: Shape, now: number): Map<number, ReservedNode> {
  const { ledger, candidates } = state;
  const close: { readonly node: number; readonly missing: number }[] = [];
  for (let node = 0; node < ledger.size; node += 1) {
    const missing = missingOn(ledger, node, shape.demand);
    if (close.length === MAX_EXAMINED_NODES && missing >= close[MAX_EXAMINED_NODES - 1]!.missing) continue;
    if (isTooSmall(ledger, node, shape.demand) || !candidates.suits(shape, node)) continue;
    let place = close.length;
    while (place > 0 && close[place - 1]!.missing > missing) place -= 1;
    close.splice(place, 0, { node, missing });
    if (close.length > MAX_EXAMINED_NODES) close.pop();
  }
  const waited = Math.max(0, now - (job.blocked?.since ?? now));
  const wanted = Math.min(
    MAX_NODES,
    2 ** Math.min(10, Math.floor(waited / RESERVATION_DOUBLES_MS)),
    Math.max(1, Math.floor(ledger.size / RESERVABLE_SHARE_DIVISOR)),
  );
  const nodes = new Map<number, ReservedNode>();
  for (const { node } of close) {
    if (nodes.size === wanted) break;
    if (lacksMoreThanAmounts(ledger, node, shape.demand)) continue;
    const freeing = freeingOf(state, node, shape.demand, now);
    if (freeing !== undefined) nodes.set(node, freeing);
  }
  return nodes;
}

/** How much of the demand is missing on the node: the missing share of each dimension, summed. */
function missingOn(ledger: Ledger, node: number, { dimensions, amounts }: Demand): number {
  let missing = 0;
  for (let index = 0; index < dimensions.length; index += 1) {
    const short = ledger.used[dimensions[index]!]![node]! + amounts[index]! - ledger.capacity[dimensions[index]!]![node]!;
    if (short > 0) missing += short / amounts[index]!;
  }
  return missing;
}

/** A port or a volume that another holds becomes free by its end alone: to keep room for it would be of no use. */
function lacksMoreThanAmounts(ledger: Ledger, node: number, demand: Demand): boolean {
  let more = false;
  isLacking(ledger, node, demand, (dimension) => {
    more ||= /^(port|ports|volume)( |$)/.test(dimension);
  });
  return more;
}

/** When enough will have ended on the node; undefined where what is to run there without end leaves too little. */
function freeingOf({ ledger, nodes }: ClusterState, node: number, demand: Demand, now: number): ReservedNode | undefined {
  const ending: { readonly demand: Demand; readonly at: number }[] = [];
  const left = new Map<number, number>();
  for (const dimension of demand.dimensions) left.set(dimension, ledger.capacityOf(dimension, node) - ledger.usedOf(dimension, node));
  const free = (held: Demand): void => held.dimensions.forEach((dimension, index) => left.set(dimension, (left.get(dimension) ?? 0) + held.amounts[index]!));
  const isEnough = (): boolean => demand.dimensions.every((dimension, index) => (left.get(dimension) ?? 0) >= demand.amounts[index]!);
  for (const allocation of nodes[node]?.allocations ?? []) if (!isEndless(allocation)) ending.push({ demand: allocation.demand, at: endOf(allocation) });
  ending.sort((one, other) => one.at - other.at);
  let freeAt = now;
  for (const each of ending) {
    if (isEnough()) break;
    free(each.demand);
    freeAt = Math.max(freeAt, each.at);
  }
  if (!isEnough()) return undefined;
  return { freeAt: Number.isFinite(freeAt) ? freeAt : undefined };
}

/** It is started again whenever it ends, and so are all its kind. */
function isEndless({ group, stopping, reported }: LiveAllocation): boolean {
  if (stopping !== undefined || reported !== undefined) return false;
  return group.specification?.restart?.mode === 'delay' || (group.reschedule !== undefined && group.reschedule.attempts === undefined);
}

/** Milliseconds after its start by which an instance of the group has ended for good; undefined where there is no limit. */
export function limitOf({ specification, reschedule }: Pick<ScheduledGroup, 'specification' | 'reschedule'>): number | undefined {
  return reschedule === undefined ? specification?.maxRunMs : undefined;
}

/** The latest moment at which it ends (ms since the epoch); infinite without a time limit. */
function endOf({ group, placedAt, reported }: LiveAllocation): number {
  if (reported !== undefined) return placedAt;
  const limit = limitOf(group);
  return limit === undefined ? Number.POSITIVE_INFINITY : placedAt + limit;
}
