import { readdirSync } from 'node:fs';
import { textOf } from '../../platform/files/file-text.js';

/**
 * Returns the processes of a node's tasks by allocation, as far as this process may read their environments. It finds tasks whose directories were lost.
 * A process that changes its environment deceives only about itself.
 */
export function processesByAllocation(nodeId: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const name of readdirSync('/proc')) {
    const identity = /^\d+$/.test(name) ? identityOf(Number(name)) : undefined;
    if (identity?.node !== nodeId) continue;
    found.set(identity.allocation, [...(found.get(identity.allocation) ?? []), Number(name)]);
  }
  return found;
}

interface TaskIdentity {
  readonly node: string;
  readonly allocation: string;
  /** UUIDs of its GPUs, or their indexes if they have none. */
  readonly gpus: readonly string[];
}

/**
 * Returns what a process belongs to by its environment. Undefined if it is no task's, or may not be read. `ofSupervisor`: reads what a supervisor was
 * given for its task. It has the agent's user, so that no task has written it.
 */
export function identityOf(pid: number, ofSupervisor = false): TaskIdentity | undefined {
  const entries = (textOf(`/proc/${pid}/environ`) ?? '')
    .split('\0')
    .map((entry) => (ofSupervisor ? entry.replace(/^E\d+=/, '') : entry));
  const valueOf = (variable: string): string | undefined =>
    entries.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
  const [node, allocation] = [valueOf('MUSTER_NODE_ID'), valueOf('MUSTER_ALLOC_ID')];
  if (node === undefined || allocation === undefined) return undefined;
  return { node, allocation, gpus: valueOf('MUSTER_GPU_UUIDS')?.split(',') ?? [] };
}
