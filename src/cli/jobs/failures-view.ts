import type { Cluster } from '../shared/client.js';
import { printable } from '../shared/output.js';

type Allocation = Cluster['JobAllocation'];
type Task = Cluster['AllocationTask'];

/** Maximum number of failures to show. More failures would not add information. */
const SHOWN = 5;

export function explainFailures({ allocations }: Pick<Cluster['Job'], 'allocations'>): string[] {
  const lines = allocations
    .filter(({ status }) => status === 'failed' || status === 'lost')
    .reverse()
    .flatMap(explainAllocation);
  return lines.length > SHOWN ? [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`] : lines;
}

export function explainUnclear({ allocations }: Pick<Cluster['Job'], 'allocations'>): string[] {
  const lines = allocations
    .filter(({ status, message }) => (status === 'pending' || status === 'running') && message !== undefined)
    .map((allocation) => `  ${placeOf(allocation)}${reason(allocation.message)}`);
  return lines.length > SHOWN ? [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`] : lines;
}

function placeOf(allocation: Allocation): string {
  return `allocation ${allocation.allocation_id.slice(0, 8)} of ${allocation.task_group} on node ${allocation.node_id}`;
}

function explainAllocation(allocation: Allocation): string[] {
  const where = placeOf(allocation);
  if (allocation.status === 'lost') return [`  ${where} was lost with its node${reason(allocation.message)}`];
  const failed = Object.entries(allocation.tasks ?? {}).filter(([, task]) => task.status === 'failed');
  if (failed.length === 0) return [`  ${where}${reason(allocation.message ?? 'no reason reported')}`];
  return failed.map(([name, task]) => `  task ${name}, ${where}: ${explainTask(task)}`);
}

/** Explains a failed task with the agent's message, and with the exit code if the message does not contain it. */
export function explainTask({ message, exit_code: code }: Pick<Task, 'message' | 'exit_code'>): string {
  const parts = [
    ...(message === null || message === '' ? [] : [printable(message)]),
    ...(code === null || (message !== null && new RegExp(`code ${code}\\b`).test(message))
      ? []
      : [`exit code ${code}`]),
  ];
  return parts.length === 0 ? 'no reason reported' : parts.join(', ');
}

function reason(message: string | undefined): string {
  return message === undefined || message === '' ? '' : `: ${printable(message)}`;
}
