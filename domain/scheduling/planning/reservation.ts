import { isLacking, isTooSmall } from '../feasibility/fit.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';
import type { Demand, Ledger } from '../capacity/ledger.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { JobQueue } from '../state/job-queue.js';
import { comesAfter, inTurn, isBefore, type Waiting } from './turns.js';
import {
  isVacant,
  maxRunOf,
  type LiveAllocation,
  type ScheduledJob,
  type Slot,
} from '../state/scheduled-job.js';

/** The number of reserved nodes doubles each time the job has waited this long. */
export const RESERVATION_DOUBLES_MS = 120_000;
const RESERVABLE_SHARE_DIVISOR = 4;
const MAX_NODES = 32;
const MAX_EXAMINED_NODES = 64;
const MAX_EXAMINED_JOBS = 8;
const NO_JOBS: ReadonlySet<ScheduledJob> = new Set();

interface ReservedNode {
  /** Latest time at which enough capacity is free there (ms since the epoch). Undefined if it depends on allocations without a time limit. */
  readonly freeAt: number | undefined;
}

/**
 * Nodes reserved for the first blocked job in line, so that smaller jobs do not starve it. Later jobs are placed there only if that does not delay it
 * (Slurm's backfill with one reservation).
 */
export interface Reservation {
  readonly job: ScheduledJob;
  readonly shape: Shape;
  readonly nodes: ReadonlyMap<number, ReservedNode>;
  readonly isAhead: (job: ScheduledJob) => boolean;
}

/** Derived from the state alone, so no event records it. `placed`: jobs that the current plan has placed completely. */
export function reservationOf(
  state: ClusterState,
  now: number,
  placed: ReadonlySet<ScheduledJob> = NO_JOBS,
): Reservation | undefined {
  if (!state.agenda.reserves || state.agenda.waiting.size === 0) return undefined;
  for (const { job, shape } of firstInLine(state, now, placed)) {
    const nodes = nodesFor(state, job, shape, now);
    if (nodes.size > 0) return { job, shape, nodes, isAhead: (other) => !comesAfter(state, other, job) };
  }
  return undefined;
}

/** Returns whether a job may be kept off reserved nodes. Jobs that come first, and slots that have already been filled, may use them. */
export function isHeldBack(
  { job: first, isAhead }: Reservation,
  job: ScheduledJob,
  slot: Slot | undefined,
): boolean {
  return job.id !== first.id && !isAhead(job) && (slot?.version ?? -1) < 0;
}

/** Returns whether placing the group on this node would delay the job for which the node is reserved. */
export function delays(
  { shape, nodes }: Reservation,
  ledger: Ledger,
  node: number,
  { shape: other, maxRunMs }: Pick<GroupSpecification, 'shape' | 'maxRunMs'>,
  now: number,
): boolean {
  const reserved = nodes.get(node);
  if (reserved === undefined) return false;
  if (maxRunMs !== undefined && reserved.freeAt !== undefined && now + maxRunMs <= reserved.freeAt)
    return false;
  return shares(ledger, node, shape.demand, other.demand);
}

function shares(ledger: Ledger, node: number, first: Demand, second: Demand): boolean {
  if (first.ports.some((port) => second.ports.includes(port))) return true;
  return second.dimensions.some((dimension, index) => {
    const at = first.dimensions.indexOf(dimension);
    if (at < 0) return false;
    return (
      ledger.usedOf(dimension, node) + first.amounts[at]! + second.amounts[index]! >
      ledger.capacityOf(dimension, node)
    );
  });
}

/** Returns the first blocked jobs of different shapes, in turn of their tenants. */
function firstInLine(state: ClusterState, now: number, placed: ReadonlySet<ScheduledJob>): Waiting[] {
  const first: Waiting[] = [];
  for (const waiting of inTurn(state, (queues) => firstOfShapes(queues, now, placed))) {
    if (first.every(({ shape }) => shape !== waiting.shape)) first.push(waiting);
    if (first.length === MAX_EXAMINED_JOBS) break;
  }
  return first;
}

function* firstOfShapes(
  queues: ReadonlyMap<Shape, JobQueue>,
  now: number,
  placed: ReadonlySet<ScheduledJob>,
): Generator<Waiting, undefined> {
  const line: Waiting[] = [];
  for (const [shape, queue] of queues) {
    const job = queue.first(
      (each) => placed.has(each) || each.stopped || each.blocked === undefined || !wants(each, shape, now),
    );
    if (job === undefined) continue;
    const place = line.findIndex((other) => isBefore(job, other.job));
    if (place >= 0) line.splice(place, 0, { job, shape });
    else if (line.length < MAX_EXAMINED_JOBS) line.push({ job, shape });
    if (line.length > MAX_EXAMINED_JOBS) line.pop();
  }
  yield* line;
  return undefined;
}

/** A job waits in the queue of a shape that was placed until its reasons are explained again, which may take a minute. */
function wants({ groups }: ScheduledJob, shape: Shape, now: number): boolean {
  return groups.some(({ specification, count, slots }) => {
    if (specification?.shape !== shape) return false;
    for (let slot = 0; slot < count; slot += 1) if (isVacant(slots[slot], now)) return true;
    return false;
  });
}

function nodesFor(
  state: ClusterState,
  job: ScheduledJob,
  shape: Shape,
  now: number,
): Map<number, ReservedNode> {
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

function missingOn(ledger: Ledger, node: number, { dimensions, amounts }: Demand): number {
  let missing = 0;
  for (let index = 0; index < dimensions.length; index += 1) {
    const short =
      ledger.used[dimensions[index]!]![node]! + amounts[index]! - ledger.capacity[dimensions[index]!]![node]!;
    if (short > 0) missing += short / amounts[index]!;
  }
  return missing;
}

/** Ports and volumes become free only when their holder ends, so keeping other capacity free does not help. */
function lacksMoreThanAmounts(ledger: Ledger, node: number, demand: Demand): boolean {
  let more = false;
  isLacking(ledger, node, demand, (dimension) => {
    more ||= /^(port|ports|volume)( |$)/.test(dimension);
  });
  return more;
}

/** Returns undefined if endless allocations leave too little capacity there. */
function freeingOf(
  { ledger, nodes }: ClusterState,
  node: number,
  demand: Demand,
  now: number,
): ReservedNode | undefined {
  const ending: { readonly demand: Demand; readonly at: number }[] = [];
  const left = new Map<number, number>();
  for (const dimension of demand.dimensions)
    left.set(dimension, ledger.capacityOf(dimension, node) - ledger.usedOf(dimension, node));
  const free = (held: Demand): void =>
    held.dimensions.forEach((dimension, index) =>
      left.set(dimension, (left.get(dimension) ?? 0) + held.amounts[index]!),
    );
  const isEnough = (): boolean =>
    demand.dimensions.every((dimension, index) => (left.get(dimension) ?? 0) >= demand.amounts[index]!);
  for (const allocation of nodes[node]?.allocations ?? [])
    if (!isEndless(allocation)) ending.push({ demand: allocation.demand, at: endOf(allocation) });
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

/** Returns whether the allocation is restarted or placed again whenever it fails. */
function isEndless({ group, stopping, reported }: LiveAllocation): boolean {
  if (stopping !== undefined || reported !== undefined) return false;
  return (
    group.specification?.restart?.mode === 'delay' ||
    (group.reschedule !== undefined && group.reschedule.attempts === undefined)
  );
}

function endOf({ group, placedAt, reported }: LiveAllocation): number {
  if (reported !== undefined) return placedAt;
  const limit = maxRunOf(group);
  return limit === undefined ? Number.POSITIVE_INFINITY : placedAt + limit;
}
