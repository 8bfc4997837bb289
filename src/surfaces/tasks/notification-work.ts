import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  notificationOutcomeOf,
  notificationJobOf,
  notificationSpecification,
  notificationVariables,
  nextNotificationStep,
  ownerOf,
  tasks,
  desiredNotificationJob,
  type OpenNotification,
  type TaskCommand,
  type TaskEvent,
  type TaskState,
} from '#domain/tasks/task/index.js';
import { taskNotifications, type TaskNotificationDocument } from '#projections/tasks/task-notifications.js';
import { sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { outputAt } from '#src/fleet/tasks/index.js';
import { notificationBody } from './notification-body.js';
import { openPlace } from './notification-url.js';

/** Longest delay between attempts, in milliseconds. A notification with a longer delay was scheduled by a clock that was ahead. */
const LONGEST_WAIT_MS = 3_600_000;

interface NotificationParts {
  readonly sealer: Sealer;
  readonly results: Pick<TaskResults, 'read'>;
}

/** Drives notifications. Each is one job with a call for each attempt. */
export const notificationWork = ({ sealer, results }: NotificationParts): AnyOwnedWork =>
  ownedWork<TaskCommand, TaskEvent, TaskState, TaskNotificationDocument>({
    name: 'task-notices',
    surface: 'tasks',
    projection: taskNotifications,
    aggregate: tasks,
    item: ({ taskId, notice }) => {
      const jobId = notificationJobOf(taskId, notice);
      return { stream: String(taskId), workId: jobId, jobId };
    },
    origin: ({ taskId, notice }) => ({ stream: String(taskId), fields: { notice } }),
    dueAt: (notice) => nextNotificationStep(notice)?.at,
    isAhead: (notice, now, toleranceMs) =>
      (nextNotificationStep(notice)?.at ?? 0) > now + LONGEST_WAIT_MS + toleranceMs,
    view: ({ work }) => work,
    settle: (task, document, now) => {
      const { taskId, notice, attempt } = document;
      const became =
        openNoticeOf(task, document)?.attempt === attempt ? notificationOutcomeOf(document) : undefined;
      return became && { kind: 'settleNotice', taskId, notice, attempt, became, now };
    },
    want: (task, document) => {
      const open = openNoticeOf(task, document);
      if (open === undefined) return desiredNotificationJob(undefined);
      // An attempt that the read model does not include yet may not be due.
      return open.attempt === document.attempt ? desiredNotificationJob(open.attempt) : undefined;
    },
    job: async (task, document) => {
      const open = openNoticeOf(task, document);
      if (task.kind !== 'present' || open === undefined) return undefined;
      const { decided } = open;
      const { worker, resultAt } = 'run' in decided ? decided.run : {};
      const output =
        worker === undefined || resultAt === undefined
          ? undefined
          : await outputAt(results, worker, resultAt);
      // The body may contain the run's output, so it is sealed like the output.
      const body = notificationBody(task, open, output);
      const url = await openPlace(sealer, decided.to);
      const sealed =
        url === undefined
          ? undefined
          : await sealEnvironment(sealer, tenantSubject(task.tenantId), notificationVariables(url, body));
      return { specification: notificationSpecification(body, sealed), owner: ownerOf(task) };
    },
  });

function openNoticeOf(task: TaskState, { notice }: TaskNotificationDocument): OpenNotification | undefined {
  return task.kind === 'present' ? task.notices.get(notice) : undefined;
}
