import type { z } from 'zod';
import {
  mostAttempts,
  notificationReason,
  notificationStatus,
  slotOf,
  taskOf,
} from '#domain/tasks/task/index.js';
import type { TaskNotificationDocument } from '#projections/tasks/task-notifications.js';
import type { noticeView } from './notification-contract.js';
import { wireTime } from '#src/http/index.js';

/** `now`: milliseconds since the epoch. `url`: the URL, or the part of it that the caller may see. */
export function viewNotification(
  document: TaskNotificationDocument,
  now: number,
  url: string,
): z.input<typeof noticeView> {
  const { taskId, notice, decided, attempt, dueAt, createdAt, endedAt, work } = document;
  const placed = slotOf(work);
  const task = taskOf(placed);
  const about =
    'slots' in decided
      ? {
          run_id: null,
          slot: wireTime(decided.slots.slot),
          until: wireTime(decided.slots.until),
          count: decided.slots.count,
        }
      : { run_id: runIn(decided), slot: null, until: null, count: null };
  return {
    id: notice,
    task_id: taskId,
    on: decided.on,
    url,
    status: notificationStatus(document),
    ...about,
    attempt,
    attempts: mostAttempts(decided),
    worker: placed?.nodeId ?? null,
    created_at: wireTime(createdAt),
    due_at: wireTime(dueAt),
    finished_at: endedAt === null ? null : wireTime(endedAt),
    reason: notificationReason(document, now) ?? null,
    message: task?.error ?? task?.message ?? placed?.message ?? null,
  };
}

function runIn(decided: TaskNotificationDocument['decided']): number | null {
  if ('run' in decided) return decided.run.run;
  return 'waits' in decided ? decided.waits.run : null;
}
