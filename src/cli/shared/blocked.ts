import type { Cluster } from './client.js';
import { LOST_ALLOCATIONS } from '#domain/scheduling/plan-log/lost-allocations.js';
import { plural } from '#domain/kernel/plural.js';
import { RESERVED } from '#domain/scheduling/plan-log/reserved.js';
import { quotaMessage } from '#domain/accounts/quota/index.js';
import { printable } from './output.js';

type Reasons = NonNullable<Cluster['Job']['blocked']>['reasons'];

export function explainBlocked(reasons: Reasons): string[] {
  return Object.entries(reasons)
    .flatMap(([group, reason]) => [
      `group ${group}: ${reason.unplaced} not placed; ${reason.quota === undefined ? looked(reason) : quotaMessage(reason.quota)}`,
      ...Object.entries(reason.filtered).map(
        ([filter, nodes]) => `  ${plural(nodes, 'node')} filtered by ${filter}`,
      ),
      ...Object.entries(reason.exhausted).map(([dimension, nodes]) => `  ${lack(reason, dimension, nodes)}`),
    ])
    .map(printable);
}

function looked({ nodes }: Reasons[string]): string {
  return nodes === 0 ? 'no nodes registered' : `${plural(nodes, 'node')} evaluated`;
}

function lack(reason: Reasons[string], dimension: string, nodes: number): string {
  if (dimension === LOST_ALLOCATIONS)
    return `${plural(nodes, 'node')} must first report the end of lost allocations`;
  if (dimension === RESERVED)
    return `${plural(nodes, 'node')} reserved for a job that has waited longer or has a higher priority`;
  return `${plural(nodes, 'node')} ${nodes === 1 ? 'lacks' : 'lack'} ${dimension}${shortage(reason, dimension)}`;
}

function shortage({ short }: Reasons[string], dimension: string): string {
  const least = short[dimension];
  return least === undefined ? '' : ` (short by at least ${least})`;
}
