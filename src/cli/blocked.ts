import type { BlockedReasonView } from './api-types.js';

/** Says in lines of plain words why groups are not placed. */
export function explainBlocked(reasons: Readonly<Record<string, BlockedReasonView>>): string[] {
  return Object.entries(reasons).flatMap(([group, reason]) => [
    `group ${group}: ${reason.unplaced} not placed; ${reason.nodes === 0 ? 'no node is registered' : `${reason.nodes} nodes looked at`}`,
    ...Object.entries(reason.filtered).map(([filter, nodes]) => `  ${nodes} nodes removed by ${filter}`),
    ...Object.entries(reason.exhausted).map(([dimension, nodes]) => `  ${nodes} nodes lack ${dimension}${shortage(reason, dimension)}`),
  ]);
}

function shortage(reason: BlockedReasonView, dimension: string): string {
  const least = reason.short[dimension];
  return least === undefined ? '' : ` (short by ${least} at least)`;
}
