import { z } from 'zod';

/** What the ids of the jobs of tasks' runs begin with. */
export const TASK_JOBS = 'task.';

/** Number of a task, from 1 up; shared with conda's. */
export const taskNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Number of a notice within its task, from 1 up. */
export const notificationNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Number of a run within its task, from 1 up. */
export const runNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** The job that carries out a run. All attempts of a run are versions of the one job. */
export function jobIdOf(task: number, run: number): string {
  return `${TASK_JOBS}${task}.${run}`;
}

/** The job that delivers a notice. All attempts of a notice are versions of the one job. */
export function notificationJobOf(task: number, notice: number): string {
  return `${TASK_JOBS}${task}.notice.${notice}`;
}

const NOTIFICATION_JOB = /^task\.([1-9]\d{0,15})\.notice\.([1-9]\d{0,15})$/;

/** The notice that a job delivers; undefined where it delivers none. */
export function notificationOf(jobId: string): { readonly task: number; readonly notice: number } | undefined {
  if (!jobId.startsWith(TASK_JOBS)) return undefined;
  const [, task, notice] = NOTIFICATION_JOB.exec(jobId) ?? [];
  return task === undefined || notice === undefined ? undefined : { task: Number(task), notice: Number(notice) };
}

const RUN_JOB = /^task\.([1-9]\d{0,15})\.([1-9]\d{0,15})$/;

/** The run that a job carries out; undefined where it is none of a task. */
export function runOf(jobId: string): { readonly task: number; readonly run: number } | undefined {
  // Most jobs are none of a task: they are told by how they begin.
  if (!jobId.startsWith(TASK_JOBS)) return undefined;
  const [, task, run] = RUN_JOB.exec(jobId) ?? [];
  return task === undefined || run === undefined ? undefined : { task: Number(task), run: Number(run) };
}
