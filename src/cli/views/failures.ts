import type { Cluster } from '../client.js';
import { printable } from '../output.js';

type Allocation = Cluster['JobAllocation'];
type Task = Cluster['AllocationTask'];

/** More than these say nothing new. */
const SHOWN = 5;

/** What failed or was lost of a job, the newest first, and why, in lines of plain words. */
export function explainFailures({ allocations }: Pick<Cluster['Job'], 'allocations'>): string[] {
  const lines = allocations
    .filter(({ status }) => status === 'failed' || status === 'lost')
    .reverse()
    .flatMap(explainAllocation);
  return lines.length > SHOWN ? [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`] : lines;
}

/** Allocations that have not ended and whose agent says what is not understood, each in a line. */
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
  if (failed.length === 0) return [`  ${where}${reason(allocation.message ?? 'its agent gave no reason')}`];
  return failed.map(([name, task]) => `  task ${name}, ${where}: ${explainTask(task)}`);
}

/** Why a task failed: its agent's words, and its exit code where they do not name it. */
export function explainTask({ message, exit_code: code }: Pick<Task, 'message' | 'exit_code'>): string {
  const parts = [
    ...(message === null || message === '' ? [] : [printable(message)]),
    ...(code === null || (message !== null && new RegExp(`code ${code}\\b`).test(message)) ? [] : [`exit code ${code}`]),
  ];
  return parts.length === 0 ? 'its agent gave no reason' : parts.join(', ');
}

function reason(message: string | undefined): string {
  return message === undefined || message === '' ? '' : `: ${printable(message)}`;
}
