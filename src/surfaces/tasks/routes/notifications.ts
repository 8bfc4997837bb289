import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import {
  decidedNotification,
  notificationStatusValue,
  taskNotifications,
  type TaskNotificationDocument,
} from '#projections/tasks/task-notifications.js';
import { access, markStale, read as readStored, type Scope } from '#src/http/index.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import { noticeParams, noticeQuery, noticeView } from '../notification-contract.js';
import { viewNotification } from '../notification-view.js';
import { resultOf } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { taskParams } from '../task-contract.js';

const tags = ['notices'];
const tasks = { of: 'task', parameter: 'task_id' };
const read = access.account(`${TASKS_SURFACE}:read`, tasks);
const write = access.account(`${TASKS_SURFACE}:write`, tasks);

export function notificationRoutes(scope: Scope, surface: TasksSurface): void {
  const { clock, readModels } = surface.parts;
  testNotice(scope, surface);

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
          viewNotification(document, clock.now(), await surface.urlShown(request, task, document.decided.to)),
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
      const url = await surface.urlShown(request, task, document.decided.to);
      return enveloped(
        { ...viewNotification(document, clock.now(), url), http_status },
        'Notice',
        clock.now(),
      );
    },
  );
}

function testNotice(scope: Scope, surface: TasksSurface): void {
  scope.post(
    '/api/tasks/:task_id/notices',
    {
      config: write,
      schema: {
        tags,
        operationId: 'tasks_testNotice',
        summary: 'Send a test notification',
        description:
          'Sends one notification with the event `test` to the URL of `notify`, once and without retries. Its status becomes `delivered` or `failed`; then `http_status` and `message` say what came back. Returns 400 if the task has no `notify`.',
        params: taskParams,
        response: { 201: answer('The notification', 'TaskNoticeAnswer', noticeView), ...failures(404) },
      },
    },
    async (request, reply) => {
      const task = await surface.presentTask(request, request.params.task_id);
      const { event, position } = await surface.tasks.testNotice(task, surface.context(request));
      await surface.written(reply, position);
      const document = decidedNotification(event.data, event.metadata.at);
      const url = await surface.urlShown(request, task, document.decided.to);
      const { clock } = surface.parts;
      return reply
        .code(201)
        .send(enveloped(viewNotification(document, clock.now(), url), 'Notice created', clock.now()));
    },
  );
}
