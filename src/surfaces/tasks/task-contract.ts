import { z } from 'zod';
import { resources } from '#domain/jobs/job/specification.js';
import { nodeTags } from '#domain/nodes/tags.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '#domain/kernel/plain-name.js';
import {
  DEPENDENCY_CONDITIONS,
  CONCURRENCY,
  MAX_START_SECONDS,
  MAX_TIMEOUT_SECONDS,
  EXECUTORS,
  MAX_DEPENDENCIES,
  MAX_RETAINED_RUNS,
  MISFIRE,
  PRIORITIES,
  RUN_STATUSES,
  TASK_STATUSES,
  type Priority,
} from '#domain/tasks/task/index.js';
import { sendsBody, NOT_SENT } from '#domain/drivers/http/index.js';
import { hasInlineCode, NO_CODE } from '#domain/drivers/python/index.js';
import { paging } from './envelope.js';
import { notify, notifyView } from './notification-contract.js';
import { expectView, httpFields, pythonFields, shellFields, workFields } from './work-contract.js';
import { clearField, moment } from '#src/http/index.js';

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const time = z.iso.datetime({ offset: true }).meta({ examples: ['2026-12-24T18:00:00Z'] });
const seconds = (least: number, most: number) => z.number().int().min(least).max(most);
const priorities = Object.keys(PRIORITIES) as [Priority, ...Priority[]];

const after = z
  .strictObject({
    tasks: z
      .array(z.number().int().positive().max(Number.MAX_SAFE_INTEGER))
      .max(MAX_DEPENDENCIES)
      .refine((all) => new Set(all).size === all.length, 'must not contain duplicates')
      .meta({ description: 'Task numbers within the tenant. Empty for no dependencies' }),
    on: z.enum(DEPENDENCY_CONDITIONS).optional().meta({
      description: 'Default: `success`. `failure`: failed or timed out; `always`: also if cancelled',
      default: 'success',
    }),
  })
  .meta({
    id: 'TaskAfter',
    description:
      'Whenever a run of any of these tasks ends, a run of this task starts, if it is active and `concurrency` allows it',
    examples: [{ tasks: [1], on: 'success' }],
  });

const fields = {
  name: text(200).meta({ description: 'Unique within the tenant', examples: ['database_backup'] }),
  description: z
    .string()
    .max(4096)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .meta({ description: 'Purpose of the task' }),
  schedule: text(200).meta({
    description:
      'Cron expression with five fields, or six with seconds first, or a nickname such as `@daily`. Default: the task runs only on request',
    examples: ['0 */6 * * *'],
  }),
  day_match: z.enum(['and', 'or']).meta({
    description:
      "Days on which `schedule` fires if it has a day of month and a day of week: those that match both, or those that match either. Default: as in Debian's cron, `and` if one of the two fields begins with `*`, otherwise `or`",
    examples: ['and'],
  }),
  timezone: text(100).meta({ description: 'Time zone of `schedule`', examples: ['Europe/Berlin'] }),
  run_at: time.meta({ description: 'Time of a single run' }),
  start_at: time.meta({ description: 'Slots before this time do not fire' }),
  end_at: time.meta({ description: 'Slots after this time do not fire' }),
  concurrency: z.enum(CONCURRENCY).meta({
    description:
      'What happens to a slot while a run is unfinished: `forbid` skips it, `replace` cancels the run, `allow` runs both. Manual runs and backfills are created in any case, and count as unfinished runs. `queue`: runs start one after the other, whatever created them',
  }),
  misfire: z
    .enum(MISFIRE)
    .meta({ description: 'What happens to missed slots: `once` runs the latest one, `skip` runs none' }),
  misfire_within_seconds: seconds(1, MAX_START_SECONDS).meta({
    description:
      'How late a missed slot may still run with `misfire: once`. Default: however late, but not after `end_at`',
  }),
  start_within_seconds: seconds(1, MAX_START_SECONDS).meta({
    description:
      'A run that is not placed on a worker within this time after it is due ends as failed, with the reason `expired`. Default: it waits for as long as it takes; a run of a slot until `end_at`',
  }),
  jitter_seconds: seconds(0, 86_400).meta({
    description: 'Maximum delay of a run after its slot. The delay is always the same for the same slot',
  }),
  after,
  notify,
  priority: z.enum(priorities).meta({
    description: 'Order if not all runs can start. `critical` requires the `execute` permission',
    examples: ['normal'],
  }),
  retry_count: seconds(0, 10).meta({
    description: 'Number of retries of a run that fails or times out',
    examples: [3],
  }),
  retry_delay_seconds: seconds(0, 3600).meta({
    description: 'Delay before the second attempt. It doubles each time, up to an hour',
  }),
  timeout_seconds: seconds(1, MAX_TIMEOUT_SECONDS).meta({
    description: 'Time limit of an attempt; at most an hour for HTTP tasks',
    examples: [3600],
  }),
  on_lost: z.enum(['retry', 'fail']).meta({
    description:
      'What happens to a run that its worker takes away, because the worker is lost, drained or has less capacity: `retry` starts it again, at most 3 times, and lists the former attempt in `former_tries`; `fail` ends it as failed, with the reason `worker_lost` or `interrupted`. A drain first waits for the run, until its deadline',
  }),
  tags: nodeTags.meta({
    description: 'Worker tags. Runs are placed only on workers that have all of them',
    examples: [['gpu']],
  }),
  labels: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'a label must match [A-Za-z0-9][A-Za-z0-9._/-]{0,62}'),
      z.string().max(256),
    )
    .refine((labels) => Object.keys(labels).length <= 32, 'must have at most 32 labels')
    .meta({ description: 'Labels for grouping', examples: [{ team: 'data' }] }),
  keep_runs: seconds(1, MAX_RETAINED_RUNS).meta({ description: 'Number of ended runs to retain' }),
  resources,
};

const { name, ...others } = fields;
// Client generators produce no code, or invalid code, for nullable variants of these fields.
const { executor, resources: amounts, after: followed, expect, ...clearable } = { ...others, ...workFields };
const optional = <Shape extends z.ZodRawShape>(
  shape: Shape,
): { [Key in keyof Shape]: z.ZodOptional<Shape[Key]> } =>
  Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [key, (schema as z.ZodType).optional()]),
  ) as never;
const nullable = <Shape extends z.ZodRawShape>(
  shape: Shape,
): { [Key in keyof Shape]: z.ZodOptional<z.ZodNullable<Shape[Key]>> } =>
  Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [key, (schema as z.ZodType).nullable().optional()]),
  ) as never;

/** Fields that every task has, because they have a default. */
const SETTLED = [
  'timezone',
  'concurrency',
  'misfire',
  'jitter_seconds',
  'priority',
  'retry_count',
  'retry_delay_seconds',
  'timeout_seconds',
  'on_lost',
  'tags',
  'labels',
  'keep_runs',
  'resources',
] as const satisfies readonly (keyof typeof others)[];
const settled = Object.fromEntries(SETTLED.map((field) => [field, others[field]])) as Pick<
  typeof others,
  (typeof SETTLED)[number]
>;

const common = { name, ...optional(others) };
const EXAMPLE = {
  name: 'database_backup',
  executor: 'shell' as const,
  command: 'pg_dump mydb > /backup/mydb.sql',
  schedule: '0 2 * * *',
};

const shellBody = z
  .strictObject({ ...common, ...shellFields })
  .meta({ id: 'ShellTaskRequest', description: 'A task that runs a command line', examples: [EXAMPLE] });
const pythonBody = z
  .strictObject({ ...common, ...pythonFields })
  .refine(hasInlineCode, NO_CODE)
  .meta({
    id: 'PythonTaskRequest',
    description: 'A task that runs a Python script',
    examples: [{ name: 'report', executor: 'python', command: 'report.py' }],
  });
const httpBody = z
  .strictObject({ ...common, ...httpFields })
  .refine(sendsBody, NOT_SENT)
  .meta({
    id: 'HttpTaskRequest',
    description: 'A task that makes an HTTP call',
    examples: [{ name: 'ping', executor: 'http', url: 'https://example.com/' }],
  });

export const taskBody = z.discriminatedUnion('executor', [shellBody, httpBody, pythonBody]).meta({
  id: 'TaskRequest',
  description: 'A task to create. Fields that its executor does not use are refused',
  examples: [EXAMPLE],
});
export type TaskBody = z.infer<typeof taskBody>;
/** A body with every field that has a default. */
export type SettledBody = TaskBody & { [Field in keyof typeof settled]: NonNullable<TaskBody[Field]> };

const status = z.enum(TASK_STATUSES).meta({
  description: '`paused`: slots do not run, but the task can be triggered; `disabled`: nothing runs',
});

export const taskChange = z
  .strictObject({
    ...optional({ name, status, executor, resources: amounts, after: followed, expect }),
    ...nullable(clearable),
    clear: clearField(
      'ClearableTaskField',
      Object.keys(clearable) as [keyof typeof clearable, ...(keyof typeof clearable)[]],
    ),
  })
  .meta({
    id: 'TaskChange',
    description: 'Changes; null removes a field',
    examples: [{ name: 'updated_name', status: 'active' }],
  });
export type TaskChange = z.infer<typeof taskChange>;

const count = z.number().int();
const lastRun = z
  .object({ id: count, status: z.enum(RUN_STATUSES), finished_at: moment })
  .meta({ id: 'TaskLastRun', description: 'The run that ended last' });

export const taskView = z
  .object({
    id: count.meta({ description: 'Task number', examples: [1] }),
    ...common,
    ...optional(workFields),
    executor: workFields.executor,
    expect: expectView.optional(),
    notify: notifyView.optional(),
    ...settled,
    status,
    schedule_text: z
      .string()
      .nullable()
      .meta({ description: 'The schedule in words', examples: ['At 02:00 AM'] }),
    next_run_at: moment
      .nullable()
      .meta({ description: 'Next run; null if there is none or the task is not active' }),
    zone_data: z
      .string()
      .optional()
      .meta({
        description:
          'Release of the time zone database with which this server computes the times of `schedule`. Absent without a schedule, and in UTC',
        examples: ['2026f'],
      }),
    unfinished_runs: count.meta({ description: 'Number of runs that are waiting, running or to be retried' }),
    last_run: lastRun.nullable(),
    created_by: z.string().meta({ description: 'Id of the account that created the task' }),
    created_at: moment,
    updated_at: moment,
  })
  .meta({ id: 'ScheduledTask', description: 'A task' });

export const TASK_SORTS = [
  'id',
  'name',
  'status',
  'priority',
  'next_run_at',
  'created_at',
  'updated_at',
] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

export const taskQuery = z.strictObject({
  ...paging,
  status: z
    .enum(TASK_STATUSES)
    .optional()
    .meta({ title: 'TaskStatusFilter', description: 'Only tasks with this status' }),
  search: z.string().max(200).optional().meta({
    description: 'Only tasks whose name, command, or host of the URL contains this text (case-insensitive)',
  }),
  executor: z
    .enum(EXECUTORS)
    .optional()
    .meta({ title: 'TaskExecutorFilter', description: 'Only tasks with this executor' }),
  label: z
    .string()
    .max(400)
    .optional()
    .meta({ description: 'Only tasks with this label: `name` or `name=value`' }),
  due_before: time.optional().meta({ description: 'Only tasks that fire before this time' }),
  own: z.enum(['true', 'false']).optional().meta({
    description: 'Only tasks of your own tenant. By default, administrators see the tasks of all tenants',
  }),
  sort: z
    .enum([...TASK_SORTS, ...TASK_SORTS.map((field) => `-${field}` as const)])
    .default('id')
    .meta({ title: 'TaskSort', description: 'Field to sort by; a leading minus reverses the order' }),
});

const number = (description: string) =>
  z
    .string()
    .max(256)
    .meta({ description, examples: ['1'] });
export const taskParams = z.object({ task_id: number('Task number') });
export const runParams = z.object({
  task_id: number('Task number'),
  run_id: number('Run number'),
});
