import { readdirSync } from 'node:fs';
import { textOf } from '../../platform/files/file-text.js';

/**
 * Returns the processes of a node's tasks by allocation, as far as this process may read their environments. It finds tasks whose directories were lost.
 * A process that changes its environment deceives only about itself.
 */
export function processesByAllocation(nodeId: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entries = (textOf(`/proc/${name}/environ`) ?? '').split('\0');
    const valueOf = (variable: string): string | undefined =>
      entries.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
    const allocation = valueOf('MUSTER_ALLOC_ID');
    if (allocation === undefined || valueOf('MUSTER_NODE_ID') !== nodeId) continue;
    found.set(allocation, [...(found.get(allocation) ?? []), Number(name)]);
  }
  return found;
}
