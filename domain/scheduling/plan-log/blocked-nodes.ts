import type { BlockedReason } from './events.js';

export function openNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return nodes - (filtered['unschedulable'] ?? 0);
}

export function fitNodes({ nodes, filtered }: Pick<BlockedReason, 'nodes' | 'filtered'>): number {
  return Object.values(filtered).reduce((left, count) => left - count, nodes);
}

export function fitsNoNode(reason: Pick<BlockedReason, 'nodes' | 'filtered' | 'oversized'>): boolean {
  return (reason.oversized ?? 0) >= fitNodes(reason);
}
