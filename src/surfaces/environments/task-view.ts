import type { z } from 'zod';
import {
  jobIdOf,
  messageOf,
  newestSlot,
  nextDecision,
  nextRunAt,
  runReason,
  runStatus,
  taskOf,
  type CondaWork,
  type PresentTask,
} from '#domain/tasks/task/index.js';
import type { ExecutionUsageDocument } from '#projections/environments/execution-usage.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import type { execution, taskDetail, taskEntry, taskMade } from './task-contract.js';
import { executionStatus, taskStatus } from './task-status.js';
import type { WireTimes } from './wire-time.js';

const MEGABYTE = 1e6;
const MEBIBYTE = 1_048_576;

export interface ShownTask {
  readonly task: TaskDocument;
  readonly called: string;
  readonly newest: TaskRunDocument | undefined;
}

export function workOf({ definition: { work } }: Pick<TaskDocument, 'definition'>): CondaWork {
  if (work.executor !== 'conda') throw new Error('the task belongs to another surface');
  return work;
}

export function scriptOf(task: Pick<TaskDocument, 'definition'>): string {
  const { script } = workOf(task);
  return 'path' in script ? script.path : script.content;
}

export function viewTaskMade(
  task: PresentTask,
  called: string,
  at: number,
  times: WireTimes,
): z.input<typeof taskMade>['task'] {
  const { requirements } = workOf(task);
  return {
    task_id: task.taskId,
    task_name: task.definition.name,
    status: 'scheduled',
    script_path: scriptOf(task),
    conda_env: called,
    created_at: times.time(at),
    cron_expression: task.definition.timing.pattern ?? null,
    next_run_time: timeOf(nextDecision(task) ?? null, times),
    last_run_time: null,
    last_run_duration: null,
    ...(requirements && { requirements }),
  };
}

export function viewTaskEntry(shown: ShownTask, times: WireTimes, now: number): z.input<typeof taskEntry> {
  const { task, newest } = shown;
  const { last_run_time, last_run_duration } = lastOf(task, newest, times);
  const over = task.unfinished === 0 && task.lastRun !== null;
  return {
    ...commonOf(shown, times),
    next_run_time_formatted: timeOf(nextRunAt(task, now), times),
    last_run_time_formatted: last_run_time,
    last_run_duration_formatted: last_run_duration,
    ...(over && { completed_at: times.time(task.lastRun.at) }),
  };
}

export function viewTaskDetail(
  shown: ShownTask,
  executions: readonly string[],
  skipped: z.input<typeof taskDetail>['task']['skipped'],
  times: WireTimes,
  now: number,
): z.input<typeof taskDetail>['task'] {
  const { task, newest } = shown;
  const { requirements } = workOf(task);
  return {
    ...commonOf(shown, times),
    next_run_time: timeOf(nextRunAt(task, now), times),
    ...lastOf(task, newest, times),
    last_execution_id: task.newestRun === 0 ? null : jobIdOf(task.taskId, task.newestRun),
    executions: [...executions],
    skipped,
    ...(requirements && { requirements }),
  };
}

/** `now`: milliseconds since the epoch. `logs`: null if not included. */
export function viewExecution(
  run: TaskRunDocument,
  logs: string | null,
  times: WireTimes,
  now: number,
): z.input<typeof execution> {
  const { startedAt, endedAt } = momentsOf(run);
  const slot = newestSlot(run);
  const task = taskOf(slot);
  return {
    execution_id: jobIdOf(run.taskId, run.run),
    start_time: timeOf(startedAt, times),
    end_time: timeOf(endedAt ?? run.endedAt, times),
    status: executionStatus(run),
    ...measuredOf(run),
    logs,
    generation: run.pin?.generation ?? 0,
    reason: runReason(run, run.cancelReason, now) ?? null,
    message:
      run.secret === undefined
        ? (task?.error ?? task?.message ?? slot?.message ?? null)
        : messageOf(run.secret),
  };
}

export function viewLatest(
  run: TaskRunDocument,
  logs: string | null,
  times: WireTimes,
  now: number,
): z.input<typeof execution> {
  const shown = viewExecution(run, logs, times, now);
  const last = logs?.trimEnd().split('\n').at(-1) ?? '';
  return shown.reason === 'starting' && last !== ''
    ? { ...shown, reason: 'RealisingEnvironment', message: last }
    : shown;
}

export function measuredOf(
  run: TaskRunDocument,
): Pick<z.input<typeof execution>, 'duration' | 'peak_memory' | 'avg_memory' | 'exit_code'> {
  const { startedAt, endedAt } = momentsOf(run);
  const task = taskOf(newestSlot(run));
  return {
    duration: secondsBetween(startedAt, endedAt),
    peak_memory: megabytesOf(task?.usage?.memoryPeakMb),
    avg_memory: megabytesOf(task?.usage?.memoryAverageMb),
    exit_code: task?.exitCode ?? null,
  };
}

export function momentsOf(run: TaskRunDocument): {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
} {
  const task = taskOf(newestSlot(run));
  const at = (unix: number | null | undefined): number | null =>
    unix === null || unix === undefined ? null : unix * 1000;
  return { startedAt: at(task?.startTime), endedAt: at(task?.endTime) };
}

export function secondsBetween(
  startedAt: number | null | undefined,
  endedAt: number | null | undefined,
): number | null {
  if (startedAt === null || startedAt === undefined || endedAt === null || endedAt === undefined) return null;
  return oneDecimal(Math.max(0, endedAt - startedAt) / 1000);
}

export function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Returns the percentage of completed executions among completed and failed ones, or 0 if there are none. */
export function successRate({ success, failed }: Pick<ExecutionUsageDocument, 'success' | 'failed'>): number {
  return success + failed === 0 ? 0 : oneDecimal((success / (success + failed)) * 100);
}

export function timeOf(at: number | null, times: WireTimes): string | null {
  return at === null ? null : times.time(at);
}

function commonOf({ task, called, newest }: ShownTask, times: WireTimes) {
  const running = newest !== undefined && runStatus(newest) === 'running';
  return {
    task_id: task.taskId,
    task_name: task.definition.name,
    status: taskStatus(task, running),
    script_path: scriptOf(task),
    conda_env: called,
    created_at: times.time(task.createdAt),
    cron_expression: task.definition.timing.pattern ?? null,
  };
}

function lastOf({ lastRun }: TaskDocument, newest: TaskRunDocument | undefined, times: WireTimes) {
  const begun = newest === undefined ? undefined : momentsOf(newest);
  const known =
    begun === undefined || begun.startedAt === null
      ? { startedAt: lastRun?.startedAt ?? null, endedAt: lastRun?.endedAt ?? null }
      : begun;
  return {
    last_run_time: timeOf(known.startedAt, times),
    last_run_duration: secondsBetween(known.startedAt, known.endedAt),
  };
}

/** Converts MiB, in which agents measure, to MB. */
function megabytesOf(mebibytes: number | undefined): number | null {
  return mebibytes === undefined ? null : oneDecimal((mebibytes * MEBIBYTE) / MEGABYTE);
}
