import type { z } from 'zod';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { nextRunAt, nextSlots } from '#domain/tasks/task/index.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { bodyOf, notifyBody, type TaskSecrets } from './definition.js';
import type { taskView } from './task-contract.js';
import { scheduleText, type TaskChange } from '#src/fleet/tasks/index.js';
import { wireTime } from '#src/http/index.js';

/** The data of a task's view: its document, or the result of a command. */
export type ShownTask = Omit<TaskDocument, 'newestRun' | 'keptFrom'>;

export type PreviousView = Pick<TaskDocument, 'createdAt' | 'updatedAt' | 'lastRun'>;

/** @param before the task before the change, or as it was created */
export function shownOf({ task, at }: TaskChange, before: PreviousView): ShownTask {
  const { taskId, tenantId, createdBy, definition, status, runs, decidedUntil, ran, held } = task;
  return {
    taskId,
    tenantId,
    createdBy,
    definition,
    status,
    decidedUntil,
    ran,
    held,
    nextSlot: nextSlots(task, 1)[0] ?? null,
    unfinished: runs.size,
    lastRun: before.lastRun,
    createdAt: before.createdAt,
    updatedAt: at ?? before.updatedAt,
  };
}

export function viewTask(task: ShownTask, secrets: TaskSecrets, now: number): z.input<typeof taskView> {
  const { definition, lastRun } = task;
  const next = nextRunAt(task, now);
  const { run_at, start_at, end_at, notify: _, ...body } = bodyOf(definition, secrets);
  return {
    id: task.taskId,
    ...body,
    ...whole({ run_at, start_at, end_at }),
    ...(definition.notify && { notify: notifyBody(definition.notify, secrets.notifyUrl) }),
    status: task.status,
    schedule_text: scheduleText(definition.timing),
    next_run_at: next === null ? null : wireTime(next),
    ...(body.schedule !== undefined && body.timezone !== 'UTC' && { zone_data: ZONE_DATA_VERSION }),
    unfinished_runs: task.unfinished,
    last_run: lastRun && { id: lastRun.run, status: lastRun.outcome, finished_at: wireTime(lastRun.at) },
    created_by: task.createdBy,
    created_at: wireTime(task.createdAt),
    updated_at: wireTime(task.updatedAt),
  };
}

function whole(times: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, time]) =>
      time === undefined ? [] : [[name, wireTime(Date.parse(time))]],
    ),
  );
}
