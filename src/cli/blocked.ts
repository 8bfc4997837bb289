import type { Cluster } from './client.js';
import { LOST_ALLOCATIONS } from '#domain/plan-log/lost-allocations.js';
import { RESERVED } from '#domain/plan-log/reserved.js';
import { quotaInWords } from '#domain/quota/index.js';
import { printable } from './output.js';

type Reasons = NonNullable<Cluster['Job']['blocked']>['reasons'];

/** Says in lines of plain words why groups are not placed. */
export function explainBlocked(reasons: Reasons): string[] {
  return Object.entries(reasons)
    .flatMap(([group, reason]) => [
      `group ${group}: ${reason.unplaced} not placed; ${reason.quota === undefined ? looked(reason) : quotaInWords(reason.quota)}`,
      ...Object.entries(reason.filtered).map(([filter, nodes]) => `  ${nodes} nodes removed by ${filter}`),
      ...Object.entries(reason.exhausted).map(([dimension, nodes]) => `  ${lack(reason, dimension, nodes)}`),
    ])
    .map(printable);
}

function looked({ nodes }: Reasons[string]): string {
  return nodes === 0 ? 'no node is registered' : `${nodes} nodes looked at`;
}

function lack(reason: Reasons[string], dimension: string, nodes: number): string {
  if (dimension === LOST_ALLOCATIONS) return `${nodes} nodes must first report that their lost allocations have ended`;
  if (dimension === RESERVED) return `${nodes} nodes have room, and are reserved for a job that has waited longer or has a higher priority`;
  return `${nodes} nodes lack ${dimension}${shortage(reason, dimension)}`;
}

function shortage({ short }: Reasons[string], dimension: string): string {
  const least = short[dimension];
  return least === undefined ? '' : ` (short by ${least} at least)`;
}
