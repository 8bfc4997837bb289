import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import {
  notificationStatusValue,
  taskNotifications,
  type TaskNotificationDocument,
} from '#projections/tasks/task-notifications.js';
import { access, markStale, read as readStored, type Scope } from '#src/surfaces/kit/index.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import { noticeParams, noticeQuery, noticeView } from '../notification-contract.js';
import { viewNotification } from '../notification-view.js';
import { resultOf } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { taskParams } from '../task-contract.js';

const tags = ['notices'];
const read = access.account(`${TASKS_SURFACE}:read`, { of: 'task', parameter: 'task_id' });

export function notificationReads(scope: Scope, surface: TasksSurface): void {
  const { clock, readModels } = surface.parts;

  scope.get(
    '/api/tasks/:task_id/notices',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listNotices',
        summary: 'List the notifications of a task',
        description: 'Returns notifications, newest first. Only the latest 1,000 are available.',
        params: taskParams,
        querystring: noticeQuery,
        response: {
          200: pageAnswer('A page of notifications', 'TaskNoticePage', noticeView),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const { taskId } = task;
      const account = surface.account(request);
      const { page, size, status } = request.query;
      const where =
        status === undefined
          ? { index: 'task', value: String(taskId) }
          : { index: 'status', value: notificationStatusValue(taskId, status) };
      const found: StoredDocument[] = [];
      for await (const some of readModels.list(taskNotifications.name, {
        where,
        newest: true,
        skip: (page - 1) * size,
        limit: size,
      }))
        found.push(...some);
      if (found.some(({ parked }) => parked)) markStale(reply);
      const documents = found.map((stored) => readStored<TaskNotificationDocument>(stored));
      const notices = await Promise.all(
        documents.map(async (document) =>
          viewNotification(document, clock.now(), await surface.urlOf(account, task, document.decided.to)),
        ),
      );
      return envelopedPage(
        notices,
        { page, size, total: await readModels.count(taskNotifications.name, where) },
        'Notices',
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/tasks/:task_id/notices/:notice_id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_getNotice',
        summary: 'Get a notification',
        description: 'Returns the status of the notification and the reason for it.',
        params: noticeParams,
        response: {
          200: answer('The notification', 'TaskNoticeAnswer', noticeView),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const document = await surface.notice(task, reply, request.params.notice_id);
      const http_status = (await resultOf(surface.parts.results, document))?.http_status ?? null;
      const url = await surface.urlOf(surface.account(request), task, document.decided.to);
      return enveloped(
        { ...viewNotification(document, clock.now(), url), http_status },
        'Notice',
        clock.now(),
      );
    },
  );
}
