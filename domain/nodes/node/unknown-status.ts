import {
  ALLOCATION_STATUSES,
  isAllocationStatus,
  isTaskStatus,
  TASK_STATUSES,
} from '../../jobs/job/allocation-status.js';
import type { AllocationReport } from '../../protocol/index.js';
import { tasksOf } from './reports.js';

export interface UnknownStatus {
  readonly status: string;
  readonly task?: string | undefined;
}

/** Returns the first unknown status of a report. Statuses of tasks are considered only while their allocation is running. */
export function unknownStatusOf(report: AllocationReport): UnknownStatus | undefined {
  const { status } = report;
  if (!isAllocationStatus(status)) return { status };
  if (status !== 'running') return undefined;
  const found = tasksOf(report).find(([, task]) => !isTaskStatus(task.status));
  return found && { task: found[0], status: found[1].status };
}

export function unknownStatusText({ status, task }: UnknownStatus): string {
  const [what, known] = task === undefined ? ['', ALLOCATION_STATUSES] : [` for task ${task}`, TASK_STATUSES];
  return `its agent reported the unknown status ${JSON.stringify(status)}${what}; known statuses: ${known.join(', ')}`;
}
