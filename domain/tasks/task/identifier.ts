import { z } from 'zod';

/** Prefix of the ids of runs' jobs. */
export const TASK_JOBS = 'task.';

/** Number of a task, from 1; tasks of the conda surface share the numbers. */
export const taskNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Number of a notification within its task, from 1. */
export const notificationNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Number of a run within its task, from 1. */
export const runNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export function jobIdOf(task: number, run: number): string {
  return `${TASK_JOBS}${task}.${run}`;
}

export function notificationJobOf(task: number, notice: number): string {
  return `${TASK_JOBS}${task}.notice.${notice}`;
}

const NOTIFICATION_JOB = /^task\.([1-9]\d{0,15})\.notice\.([1-9]\d{0,15})$/;

/** Returns the notification of a job, or undefined. */
export function notificationOf(
  jobId: string,
): { readonly task: number; readonly notice: number } | undefined {
  if (!jobId.startsWith(TASK_JOBS)) return undefined;
  const [, task, notice] = NOTIFICATION_JOB.exec(jobId) ?? [];
  return task === undefined || notice === undefined
    ? undefined
    : { task: Number(task), notice: Number(notice) };
}

const RUN_JOB = /^task\.([1-9]\d{0,15})\.([1-9]\d{0,15})$/;

/** Returns the run of a job, or undefined. */
export function runOf(jobId: string): { readonly task: number; readonly run: number } | undefined {
  // A fast path, because most jobs do not belong to tasks.
  if (!jobId.startsWith(TASK_JOBS)) return undefined;
  const [, task, run] = RUN_JOB.exec(jobId) ?? [];
  return task === undefined || run === undefined ? undefined : { task: Number(task), run: Number(run) };
}
