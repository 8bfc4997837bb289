import { z } from 'zod';

export const TASK_JOBS = 'task.';

export const notificationNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const runNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export function jobIdOf(task: number, run: number): string {
  return `${TASK_JOBS}${task}.${run}`;
}

export function notificationJobOf(task: number, notice: number): string {
  return `${TASK_JOBS}${task}.notice.${notice}`;
}

/** Returns the task of a run or notification, whose job has the prefix {@link TASK_JOBS}. */
export function taskOfJob(jobId: string): string {
  return jobId.slice(TASK_JOBS.length, jobId.indexOf('.', TASK_JOBS.length));
}

const NOTIFICATION_JOB = /^task\.([1-9]\d{0,15})\.notice\.([1-9]\d{0,15})$/;

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

export function runOf(jobId: string): { readonly task: number; readonly run: number } | undefined {
  // This is a fast path, because most jobs do not belong to tasks.
  if (!jobId.startsWith(TASK_JOBS)) return undefined;
  const [, task, run] = RUN_JOB.exec(jobId) ?? [];
  return task === undefined || run === undefined ? undefined : { task: Number(task), run: Number(run) };
}
