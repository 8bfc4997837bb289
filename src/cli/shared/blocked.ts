import type { Cluster } from './client.js';
import { lackWords } from '#domain/explain/index.js';
import { plural } from '#domain/kernel/plural.js';
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
      ...Object.entries(reason.exhausted).map(
        ([dimension, nodes]) =>
          `  ${lackWords(plural(nodes, 'node'), nodes === 1, dimension, reason.short[dimension])}`,
      ),
    ])
    .map(printable);
}

function looked({ nodes }: Reasons[string]): string {
  return nodes === 0 ? 'no nodes registered' : `${plural(nodes, 'node')} evaluated`;
}
