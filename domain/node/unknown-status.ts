import { ALLOCATION_STATUSES, isAllocationStatus, isTaskStatus, TASK_STATUSES } from '../job/allocation-status.js';
import type { AllocationReport } from '../protocol/index.js';
import { tasksOf } from './reports.js';

/** A status in a report that Muster does not know. */
export interface UnknownStatus {
  readonly status: string;
  /** Absent: it is the status of the allocation. */
  readonly task?: string | undefined;
}

/**
 * The first status of a report that nothing can be made of. Tasks count while their allocation runs: until then nothing is taken from them, and its end says
 * how they ended.
 */
export function unknownStatusOf(report: AllocationReport): UnknownStatus | undefined {
  const { status } = report;
  if (!isAllocationStatus(status)) return { status };
  if (status !== 'running') return undefined;
  const found = tasksOf(report).find(([, task]) => !isTaskStatus(task.status));
  return found && { task: found[0], status: found[1].status };
}

/** Says it to people, with the words that are known. */
export function unknownStatusText({ status, task }: UnknownStatus): string {
  const [what, known] = task === undefined ? ['', ALLOCATION_STATUSES] : [` for task ${task}`, TASK_STATUSES];
  return `its agent reports the status ${JSON.stringify(status)}${what}, which Muster does not know: it knows ${known.join(', ')}`;
}
