import { FOREIGN_NODES, FOREIGN_PROCESSES } from '#domain/kernel/resources.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { read } from '#src/surfaces/kit/index.js';
import type { Dependency } from '../server/health/health-monitor.js';

/** Long, because agents look for such work at most once a minute. */
const INTERVAL_MS = 20_000;
const SHOWN = 10;
const KINDS = { containers: FOREIGN_NODES, processes: FOREIGN_PROCESSES };

/**
 * Finds nodes whose agents report work of Muster that no node of this log that is up has. Not vital, because it only holds resources that the log does
 * not know.
 */
export function foreignWorkProbe(readModels: Pick<ReadModels, 'list'>): Dependency {
  return {
    name: 'foreign-work',
    vital: false,
    everyMs: INTERVAL_MS,
    async ask() {
      const up: NodeDocument[] = [];
      for await (const page of readModels.list(nodes.name))
        up.push(...page.map((stored) => read<NodeDocument>(stored)).filter(({ down }) => !down));
      const ids = new Set(up.map(({ nodeId }) => nodeId));
      const found = up.flatMap((node) => reportedBy(node, ids));
      if (found.length === 0) return 'no node has work that is not of this log';
      const more = found.length > SHOWN ? `; and ${found.length - SHOWN} more` : '';
      throw new Error(`${found.slice(0, SHOWN).join('; ')}${more}: it is kept until it is ended there`);
    },
  };
}

function reportedBy({ nodeId, attributes }: NodeDocument, up: ReadonlySet<string>): string[] {
  return Object.entries(KINDS).flatMap(([what, attribute]) => {
    const makers = String(attributes[attribute] ?? '').split(' ');
    const others = makers.filter((maker) => maker !== '' && !up.has(maker));
    return others.length === 0 ? [] : [`node ${nodeId} has ${what} of ${others.join(' ')}`];
  });
}
