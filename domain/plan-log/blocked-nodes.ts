import type { BlockedReason } from './events.js';

/** Nodes that take placements: heard, well, not drained. */
export function openNodes({ nodes, filtered }: BlockedReason): number {
  return nodes - (filtered['unschedulable'] ?? 0);
}

/** Of those, the ones that fulfil all that is asked of a node but room. */
export function fitNodes({ nodes, filtered }: BlockedReason): number {
  return Object.values(filtered).reduce((left, count) => left - count, nodes);
}
