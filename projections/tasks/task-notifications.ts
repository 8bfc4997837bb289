import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { dueValue, evolveWork, NO_WORK, WORK_EVENTS } from '#domain/work/index.js';
import {
  MAX_RETAINED_NOTIFICATIONS,
  nextNotificationStep,
  notificationJobOf,
  notificationOf,
  notificationStatus,
  taskEvents,
  type NotificationProgress,
  type TaskEventOf,
} from '#domain/tasks/task/index.js';
import { projection, type Touch } from '#domain/kernel/projection.js';

/**
 * `taskNotices`, id = id of the notification's job. Indexes: `task`, `status` (task and status of the notification), `due` (the next step is due).
 * Times are in milliseconds since the epoch.
 */
export interface TaskNotificationDocument extends NotificationProgress {
  readonly decided: TaskEventOf<'TaskNoticeDecided'>['data'];
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly dropped: boolean;
}

const EVENTS = {
  ...only(taskEvents, 'TaskDeleted', 'TaskNoticeDecided', 'TaskNoticeRetried', 'TaskNoticeEnded'),
  ...WORK_EVENTS,
};
type Event = RecordedOf<typeof EVENTS>;

export const taskNotifications = projection<TaskNotificationDocument, typeof EVENTS>({
  name: 'taskNotices',
  version: 4,
  events: EVENTS,
  indexes: {
    task: ({ taskId }) => String(taskId),
    status: (notice) => notificationStatusValue(notice.taskId, notificationStatus(notice)),
    due: (notice) => dueValue(nextNotificationStep(notice)?.at),
  },
  touches,
  evolve: (known, event, id) => {
    const next = known === undefined ? decided(event, id) : changed(known, event, id);
    return next !== undefined && isGone(next) ? undefined : next;
  },
});

export function notificationStatusValue(taskId: number, status: string): string {
  return `${taskId} ${status}`;
}

function touches({ type, data }: Event): readonly Touch[] {
  switch (type) {
    case 'TaskDeleted':
      return [{ where: 'task', equals: String(data.taskId) }];
    case 'TaskNoticeDecided':
      return [data.notice, data.notice - MAX_RETAINED_NOTIFICATIONS]
        .filter((each) => each > 0)
        .map((each) => notificationJobOf(data.taskId, each));
    case 'TaskNoticeRetried':
    case 'TaskNoticeEnded':
      return [notificationJobOf(data.taskId, data.notice)];
    default:
      return notificationOf(data.jobId) === undefined ? [] : [data.jobId];
  }
}

function decided({ type, data, metadata: { at } }: Event, id: string): TaskNotificationDocument | undefined {
  return type === 'TaskNoticeDecided' && notificationJobOf(data.taskId, data.notice) === id
    ? decidedNotification(data, at)
    : undefined;
}

/** Returns a notification as it is when it was decided. `at` is in milliseconds since the epoch. */
export function decidedNotification(
  data: TaskEventOf<'TaskNoticeDecided'>['data'],
  at: number,
): TaskNotificationDocument {
  const { taskId, notice } = data;
  return {
    taskId,
    notice,
    decided: data,
    attempt: 1,
    dueAt: at,
    ended: null,
    work: NO_WORK,
    createdAt: at,
    endedAt: null,
    dropped: false,
  };
}

function changed(notice: TaskNotificationDocument, event: Event, id: string): TaskNotificationDocument {
  const { at } = event.metadata;
  switch (event.type) {
    case 'TaskNoticeDecided':
      return event.data.notice === notice.notice ? notice : { ...notice, dropped: true };
    case 'TaskNoticeRetried':
      return { ...notice, attempt: event.data.attempt, dueAt: event.data.dueAt };
    case 'TaskNoticeEnded':
      return { ...notice, ended: event.data.outcome, endedAt: at };
    case 'TaskDeleted':
      return { ...notice, dropped: true, ...(notice.ended === null && { ended: 'dropped', endedAt: at }) };
    default: {
      if (event.data.jobId !== id) return notice;
      const work = evolveWork(notice.work, event);
      return work === notice.work ? notice : { ...notice, work };
    }
  }
}

function isGone({ dropped, ended, work }: TaskNotificationDocument): boolean {
  return dropped && ended !== null && (work.job === 'none' || work.job === 'forgotten');
}
