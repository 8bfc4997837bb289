import type { Cluster } from './client.js';
import { filterWords, lackWords } from '#domain/explain/placement-words.js';
import { plural } from '#domain/kernel/plural.js';
import { quotaMessage } from '#domain/accounts/quota/index.js';
import { fitsNoNode } from '#domain/scheduling/plan-log/blocked-nodes.js';
import { printable } from './output.js';

type Reasons = NonNullable<Cluster['Job']['blocked']>['reasons'];

export function explainBlocked(reasons: Reasons): string[] {
  return Object.entries(reasons)
    .flatMap(([group, reason]) => [
      `group ${group}: ${reason.unplaced} not placed; ${headlineOf(reason)}`,
      ...Object.entries(reason.filtered).map(
        ([filter, nodes]) => `  ${plural(nodes, 'node')} ruled out by ${filterWords(filter, nodes === 1)}`,
      ),
      ...Object.entries(reason.exhausted).map(
        ([dimension, nodes]) =>
          `  ${lackWords(plural(nodes, 'node'), nodes === 1, dimension, reason.short[dimension])}`,
      ),
    ])
    .map(printable);
}

/** A quota comes first, unless no node could ever take the group: a larger quota would not help then. */
function headlineOf(reason: Reasons[string]): string {
  if (reason.quota === undefined) return looked(reason);
  const quota = quotaMessage(reason.quota);
  return fitsNoNode(reason) ? `${looked(reason)}; over quota, too: ${quota}` : quota;
}

function looked({ nodes }: Reasons[string]): string {
  return nodes === 0 ? 'no nodes registered' : `${plural(nodes, 'node')} evaluated`;
}
