import type { BlockedReason } from './events.js';

/** Returns the number of nodes that accept placements: alive, healthy, eligible and not draining. */
export function openNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return nodes - (filtered['unschedulable'] ?? 0);
}

/** Of those, returns the number of nodes that only lack capacity. */
export function fitNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return Object.values(filtered).reduce((left, count) => left - count, nodes);
}

/** Returns whether no node could take the group even when empty, so that waiting does not help. */
export function fitsNoNode(reason: Pick<BlockedReason, 'nodes' | 'filtered' | 'oversized'>): boolean {
  return (reason.oversized ?? 0) >= fitNodes(reason);
}
