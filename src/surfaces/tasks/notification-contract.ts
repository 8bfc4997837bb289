import { z } from 'zod';
import { httpUrl } from '#domain/drivers/http/index.js';
import {
  MAX_NOTIFICATION_ATTEMPTS,
  MAX_WAITING_SECONDS,
  NOTICE_EVENTS,
  NOTIFICATION_STATUSES,
  NOTIFY_ON,
  RUN_REASONS,
} from '#domain/tasks/task/index.js';
import { paging } from './envelope.js';
import { moment } from '#src/http/index.js';

const count = z.number().int();

const words = z.array(z.enum(NOTIFY_ON)).max(NOTIFY_ON.length);
/** Documented as a list, because client generators do not handle unions well. A single word is also accepted. */
const on = z.preprocess(
  (given) => (typeof given === 'string' ? [given] : given),
  words.min(1, 'must not be empty: omit notify to send no notifications'),
);

const waitingSeconds = count.min(1).max(MAX_WAITING_SECONDS).meta({
  description:
    'A run that is not placed on a worker within this time after it is due sends one notification `waiting`. Default: none',
});

export const notify = z
  .strictObject({
    on: on.optional().meta({
      description:
        'Events to notify about. Default: only `failure`. `failure`: a run failed or timed out after all attempts; `recovery`: the first success after that; `missed`: slots were missed; `success`: a run succeeded',
    }),
    url: httpUrl.meta({
      description:
        'URL to call, subject to the same rules as for HTTP tasks. The call is a POST with JSON, retried until the response is 2xx',
      examples: ['https://example.com/hook'],
    }),
    waiting_seconds: waitingSeconds.optional(),
  })
  .refine(({ on: all = [] }) => new Set(all).size === all.length, {
    path: ['on'],
    message: 'must not contain duplicates',
  })
  .meta({
    id: 'TaskNotify',
    description: 'Notification settings',
    examples: [{ on: ['failure', 'recovery'], url: 'https://example.com/hook' }],
  });

export const notifyView = z
  .object({
    on: words,
    url: z.string().meta({
      description:
        'Only scheme and host for callers who may not change the task, since the rest may be secret',
      examples: ['https://example.com/hook'],
    }),
    waiting_seconds: waitingSeconds.optional(),
  })
  .meta({ id: 'TaskNotifyView', description: 'Notification settings' });

export const noticeView = z
  .object({
    id: count.meta({ description: 'Number of the notification within its task', examples: [1] }),
    task_id: count,
    on: z.enum(NOTICE_EVENTS).meta({
      description:
        'Event that the notification is about. `waiting`: a run waits longer than `waiting_seconds`; `test`: someone asked for it',
    }),
    url: z.string().meta({ description: 'Only scheme and host for callers who may not change the task' }),
    status: z.enum(NOTIFICATION_STATUSES).meta({
      description: '`delivered`: the response was 2xx; `dropped`: too many newer ones were waiting',
    }),
    run_id: count
      .nullable()
      .meta({ description: 'Run that the notification is about. Null for missed slots and tests' }),
    slot: moment.nullable().meta({ description: 'The first missed slot' }),
    until: moment.nullable().meta({ description: 'The last missed slot' }),
    count: count
      .nullable()
      .meta({ description: 'Number of missed slots; null for a run, or if there are too many to count' }),
    attempt: count.meta({ description: '1-based number of the current attempt' }),
    attempts: count.meta({
      description: 'Maximum number of attempts',
      examples: [MAX_NOTIFICATION_ATTEMPTS],
    }),
    worker: z.string().nullable().meta({ description: 'Id of the worker of the current or last call' }),
    created_at: moment,
    due_at: moment.meta({ description: 'Earliest time of the next attempt' }),
    finished_at: moment.nullable(),
    http_status: count
      .nullable()
      .optional()
      .meta({ description: "HTTP status of the latest attempt's response. Not included in lists" }),
    reason: z.enum(RUN_REASONS).nullable().meta({ description: 'Reason for waiting' }),
    message: z.string().nullable().meta({ description: "The worker's message about the latest attempt" }),
  })
  .meta({ id: 'TaskNotice', description: 'A notification about a task' });

export const noticeQuery = z.strictObject({
  ...paging,
  status: z
    .enum(NOTIFICATION_STATUSES)
    .optional()
    .meta({ title: 'NoticeStatusFilter', description: 'Only notifications with this status' }),
});

export const noticeParams = z.object({
  task_id: z
    .string()
    .max(256)
    .meta({ description: 'Task number', examples: ['1'] }),
  notice_id: z
    .string()
    .max(256)
    .meta({ description: 'Notification number', examples: ['1'] }),
});
