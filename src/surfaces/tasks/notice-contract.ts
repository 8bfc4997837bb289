import { z } from 'zod';
import { httpUrl } from '#domain/drivers/http/index.js';
import { MAX_NOTIFICATION_ATTEMPTS, NOTIFICATION_STATUSES, NOTIFY_ON, RUN_REASONS } from '#domain/task/index.js';
import { paging } from './envelope.js';
import { moment } from '#src/surfaces/kit/index.js';

const count = z.number().int();

const words = z.array(z.enum(NOTIFY_ON)).max(NOTIFY_ON.length);
/** Documented as a list, because client generators handle unions badly; a single word is accepted too. */
const on = z.preprocess((given) => (typeof given === 'string' ? [given] : given), words.min(1, 'needs a word: leave notify out to tell nobody'));

export const notify = z
  .strictObject({
    on: on.optional().meta({
      description:
        'Of what: `failure` unless it says otherwise, a run that failed or took too long after all its attempts; `recovery`, the first success after that; `missed`, slots that were missed; `success`',
    }),
    url: httpUrl.meta({
      description: 'What is called, by the rules of a task that is a call: POST with JSON, tried again until it is answered with 2xx',
      examples: ['https://example.com/hook'],
    }),
  })
  .refine(({ on: all = [] }) => new Set(all).size === all.length, { path: ['on'], message: 'names a word twice' })
  .meta({
    id: 'TaskNotify',
    description: 'Who is told of what becomes of the task',
    examples: [{ on: ['failure', 'recovery'], url: 'https://example.com/hook' }],
  });

export const notifyView = z
  .object({
    on: words,
    url: z.string().meta({
      description: 'Its scheme and host alone for those who may not change the task, as what follows can be secret',
      examples: ['https://example.com/hook'],
    }),
  })
  .meta({ id: 'TaskNotifyView', description: 'Who is told of what becomes of the task' });

export const noticeView = z
  .object({
    id: count.meta({ description: 'Number of the notice within its task', examples: [1] }),
    task_id: count,
    on: z.enum(NOTIFY_ON).meta({ description: 'What it tells' }),
    url: z.string().meta({ description: 'Who is told: scheme and host alone for those who may not change the task' }),
    status: z.enum(NOTIFICATION_STATUSES).meta({ description: '`delivered`: answered with 2xx; `dropped`: too many newer ones waited' }),
    run_id: count.nullable().meta({ description: 'The run that it tells of; null: it tells of slots' }),
    slot: moment.nullable().meta({ description: 'The first slot that was missed' }),
    until: moment.nullable().meta({ description: 'The last one' }),
    count: count.nullable().meta({ description: 'How many; null: it tells of a run, or they are more than were counted' }),
    attempt: count.meta({ description: 'Which attempt it is at, from 1' }),
    attempts: count.meta({ description: 'How many there can be', examples: [MAX_NOTIFICATION_ATTEMPTS] }),
    worker: z.string().nullable().meta({ description: 'Id of the worker that makes the call, or made it last' }),
    created_at: moment,
    due_at: moment.meta({ description: 'Before that it is not tried' }),
    finished_at: moment.nullable(),
    http_status: count.nullable().optional().meta({ description: 'Of the newest attempt, where it was answered; not in lists' }),
    reason: z.enum(RUN_REASONS).nullable().meta({ description: 'What it waits for' }),
    message: z.string().nullable().meta({ description: 'What the worker said of the newest attempt' }),
  })
  .meta({ id: 'TaskNotice', description: 'A notice: a call that tells what became of a task' });

export const noticeQuery = z.strictObject({
  ...paging,
  status: z.enum(NOTIFICATION_STATUSES).optional().meta({ title: 'NoticeStatusFilter', description: 'Only notices of this status' }),
});

export const noticeParams = z.object({
  task_id: z
    .string()
    .max(256)
    .meta({ description: 'Number of the task', examples: ['1'] }),
  notice_id: z
    .string()
    .max(256)
    .meta({ description: 'Number of the notice', examples: ['1'] }),
});
