import type { BlockedReason } from './events.js';

/** Nodes that take placements: heard, well, not drained. */
export function openNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return nodes - (filtered['unschedulable'] ?? 0);
}

/** Of those, the ones that fulfil all that is asked of a node but room. */
export function fitNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return Object.values(filtered).reduce((left, count) => left - count, nodes);
}

/** Whether no node could take the group even if nothing else were on it: waiting for room does not help. */
export function fitsNoNode(reason: Pick<BlockedReason, 'nodes' | 'filtered' | 'oversized'>): boolean {
  return (reason.oversized ?? 0) >= fitNodes(reason);
}
