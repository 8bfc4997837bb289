import type { Cluster } from './client.js';
import { printable } from './output.js';

type Reasons = NonNullable<Cluster['Job']['blocked']>['reasons'];

/** Says in lines of plain words why groups are not placed. */
export function explainBlocked(reasons: Reasons): string[] {
  return Object.entries(reasons)
    .flatMap(([group, reason]) => [
      `group ${group}: ${reason.unplaced} not placed; ${reason.nodes === 0 ? 'no node is registered' : `${reason.nodes} nodes looked at`}`,
      ...Object.entries(reason.filtered).map(([filter, nodes]) => `  ${nodes} nodes removed by ${filter}`),
      ...Object.entries(reason.exhausted).map(([dimension, nodes]) => `  ${nodes} nodes lack ${dimension}${shortage(reason, dimension)}`),
    ])
    .map(printable);
}

function shortage({ short }: Reasons[string], dimension: string): string {
  const least = short[dimension];
  return least === undefined ? '' : ` (short by ${least} at least)`;
}
