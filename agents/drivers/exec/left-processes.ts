import { readdirSync } from 'node:fs';
import { textOf } from '../../platform/files/file-text.js';
import { gpuNamesIn } from '../foreign-nodes.js';
import { ASSIGNED_GPUS } from './environment.js';

/**
 * Returns the processes of tasks, as far as this process may read their environments. It finds tasks whose directories were lost. A process that changes
 * its environment deceives only about itself.
 */
export function taskProcesses(): readonly TaskProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const identity = /^\d+$/.test(name) ? identityOf(Number(name)) : undefined;
    return identity === undefined ? [] : [{ pid: Number(name), ...identity }];
  });
}

interface TaskProcess extends TaskIdentity {
  readonly pid: number;
}

interface TaskIdentity {
  readonly node: string;
  /** Absent if the agent did not know its log. */
  readonly log: string | undefined;
  readonly allocation: string;
  /** UUIDs of the GPUs that the agent assigned, or their indexes if they have none. Only supervisors name them. */
  readonly gpus: readonly string[];
}

/**
 * Returns what a process belongs to by its environment. Undefined if it is no task's, or may not be read. The variables that are read have the agent's
 * values whatever the `env` of the task contains, in the supervisor and in the task's own processes.
 */
export function identityOf(pid: number): TaskIdentity | undefined {
  const entries = (textOf(`/proc/${pid}/environ`) ?? '').split('\0');
  const valueOf = (variable: string): string | undefined =>
    entries.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
  const [node, allocation] = [valueOf('MUSTER_NODE_ID'), valueOf('MUSTER_ALLOC_ID')];
  if (node === undefined || allocation === undefined) return undefined;
  const log = valueOf('MUSTER_LOG_ID');
  const gpus = gpuNamesIn(valueOf(ASSIGNED_GPUS) ?? '');
  return { node, log: log === '' ? undefined : log, allocation, gpus };
}
