import type { BlockedReason, BlockedReasons } from '../plan-log/events.js';
import type { ClusterState, ScheduledNode } from '../state/cluster-state.js';
import { isLacking, isTooSmall } from '../feasibility/fit.js';
import { RESERVED } from '../plan-log/reserved.js';
import { LOST_ALLOCATIONS } from '../plan-log/lost-allocations.js';
import { quotaKey } from '../capacity/quota-ledger.js';
import { ruledOutBy, type Shape } from '../feasibility/shape.js';

export type Explanation = Omit<BlockedReason, 'unplaced'>;

const NAMED = 8;
const OTHERS = 'others';

/**
 * Scans every node. `isReserved` marks suitable nodes that are reserved for other jobs. Each registered node is counted once in `nodes`, and in
 * `filtered` under the first filter that it fails.
 */
export function explain(
  state: ClusterState,
  shape: Shape,
  isReserved: (node: number) => boolean = () => false,
): Explanation {
  const filtered = new Map<string, number>();
  const exhausted = new Map<string, number>();
  const short = new Map<string, number>();
  let nodes = 0;
  let oversized = 0;
  state.nodes.forEach((node, index) => {
    if (node.facts === undefined) return;
    nodes += 1;
    const filter = ruledOut(state, shape, node, index);
    if (filter !== undefined) {
      filtered.set(filter, (filtered.get(filter) ?? 0) + 1);
      return;
    }
    if (isTooSmall(state.ledger, index, shape.demand)) oversized += 1;
    const lacking = isLacking(state.ledger, index, shape.demand, (dimension, by) => {
      exhausted.set(dimension, (exhausted.get(dimension) ?? 0) + 1);
      short.set(dimension, Math.min(short.get(dimension) ?? Number.POSITIVE_INFINITY, by));
    });
    if (!lacking && isReserved(index)) exhausted.set(RESERVED, (exhausted.get(RESERVED) ?? 0) + 1);
    if (lacking && waitsForLost(state, shape, node))
      exhausted.set(LOST_ALLOCATIONS, (exhausted.get(LOST_ALLOCATIONS) ?? 0) + 1);
  });
  return {
    nodes,
    filtered: bounded(filtered, (one, other) => one + other),
    exhausted: bounded(exhausted, (one, other) => Math.max(one, other)),
    short: bounded(short, (one, other) => Math.min(one, other)),
    ...(oversized > 0 && { oversized }),
    ...placesOf(state, shape),
  };
}

function waitsForLost({ ledger, lost }: ClusterState, { demand }: Shape, node: ScheduledNode): boolean {
  const holdings = [...node.lost].flatMap((id) => {
    const holding = lost.get(id);
    return holding === undefined ? [] : [[id, holding] as const];
  });
  for (const [id, holding] of holdings) ledger.releaseLost(id, holding);
  const fits = holdings.length > 0 && !isLacking(ledger, node.index, demand);
  for (const [id, holding] of holdings) ledger.holdLost(id, holding);
  return fits;
}

export function ruledOut(
  { ledger }: ClusterState,
  shape: Shape,
  { facts, open }: ScheduledNode,
  index: number,
): string | undefined {
  for (const { name } of shape.demand.volumes)
    if (ledger.volumes.isElsewhere(name, index)) return `volume ${name}`;
  return open && facts !== undefined ? ruledOutBy(shape, facts) : 'unschedulable';
}

function placesOf({ ledger, nodes }: ClusterState, shape: Shape): Pick<Explanation, 'volumes'> {
  const told: Record<string, string | null> = {};
  for (const { name } of shape.demand.volumes.slice(0, NAMED)) {
    const node = ledger.volumes.nodeOf(name);
    if (ledger.volumes.closingOf(name) !== undefined) told[name] = null;
    else if (node !== undefined) told[name] = nodes[node]?.id ?? null;
  }
  return Object.keys(told).length === 0 ? {} : { volumes: told };
}

function bounded(
  counts: ReadonlyMap<string, number>,
  merge: (one: number, other: number) => number,
): Record<string, number> {
  const ordered = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  const named = ordered.slice(0, NAMED);
  const rest = ordered.slice(NAMED).map(([, count]) => count);
  if (rest.length > 0) named.push([OTHERS, rest.reduce(merge)]);
  return Object.fromEntries(named);
}

export function sameReasons(one: BlockedReasons, other: BlockedReasons): boolean {
  const groups = Object.keys(one);
  return (
    groups.length === Object.keys(other).length &&
    groups.every((group) => sameReason(one[group], other[group]))
  );
}

function sameReason(one: BlockedReason | undefined, other: BlockedReason | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.unplaced === other.unplaced &&
    one.nodes === other.nodes &&
    one.oversized === other.oversized &&
    sameQuota(one.quota, other.quota) &&
    sameCounts(one.filtered, other.filtered) &&
    sameCounts(one.exhausted, other.exhausted) &&
    sameCounts(one.short, other.short) &&
    sameCounts(one.volumes ?? {}, other.volumes ?? {})
  );
}

/** Usage is ignored, because it changes with each allocation. */
function sameQuota(one: BlockedReason['quota'], other: BlockedReason['quota']): boolean {
  return one === undefined || other === undefined
    ? one === other
    : quotaKey(one) === quotaKey(other) && one.requested === other.requested;
}

function sameCounts(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
