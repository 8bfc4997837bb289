import { z } from 'zod';
import { BACKENDS, MAX_SCRIPT } from '#domain/drivers/conda/index.js';
import { environmentName } from '#domain/environment/index.js';
import { environmentName as variableName } from '#domain/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '#domain/plain-name.js';
import { secretReference } from '#domain/secret/index.js';
import { MAX_REQUIREMENTS, RESERVED_VARIABLES } from '#domain/task/index.js';
import { SHOWN } from '#src/surfaces/kit/index.js';
import { buildRefused } from './environment-contract.js';

export const TASK_STATUSES = ['scheduled', 'running', 'completed', 'failed', 'stopped'] as const;
export type CondaTaskStatus = (typeof TASK_STATUSES)[number];

export const NEWEST = 1000;
/** Default resources of a task: hundredths of a core, and MiB. */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 512;

const time = z.string().meta({ description: 'YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`', examples: ['2025-05-01 14:30:00'] });
const done = z.literal(true).meta({ description: 'It was done' });
const taskNumber = z
  .number()
  .int()
  .meta({ description: 'Number of the task', examples: [1] });
const taskName = z.string().meta({ description: 'Name of the task', examples: ['nightly-report'] });
const status = z.enum(TASK_STATUSES).meta({
  description: '`scheduled`: before the first execution, and while one waits; `running`; else how the last one ended: `completed`, `failed`, `stopped`',
});
const seconds = z.number().nullable().meta({ description: 'Seconds' });
const megabytes = z.number().nullable().meta({ description: 'MB (10^6); null: not known' });
const scriptPath = z.string().meta({ description: 'Path of the script, or its text', examples: ["print('hello')"] });
const condaEnv = z.string().meta({ description: 'Name of its environment', examples: ['analysis'] });
const cron = z
  .string()
  .nullable()
  .meta({ description: 'Null: it runs once', examples: ['*/10 * * * *'] });

export const taskParams = z.object({
  task_id: z
    .string()
    .max(400)
    .meta({ description: 'Number of the task', examples: ['1'] }),
});

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(NEWEST).default(NEWEST).meta({ description: 'Ours. So many of the newest' }),
  before: z.string().max(100).optional().meta({ description: 'Ours. Only older ones than this: its id' }),
});
export type PageQuery = z.output<typeof pageQuery>;

const variables = z
  .record(
    variableName.refine((name) => !name.startsWith(RESERVED_VARIABLES), `a name does not begin with ${RESERVED_VARIABLES}`),
    z.union([
      z.string().max(32_768).regex(PLAIN_NAME, PLAIN_NAME_RULE),
      secretReference.meta({ id: 'CondaSecretReference', description: "The value that the tenant's secret of this name has when an execution begins" }),
    ]),
  )
  .refine((values) => JSON.stringify(values).length <= 65_536, 'at most 64 KiB together');

export const createTaskBody = z
  .strictObject({
    script: z
      .string()
      .min(1)
      .max(MAX_SCRIPT)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .meta({ description: 'A line that begins with `/` or ends in `.py` is the path of a file of the node, all else is the code itself' }),
    conda_env: environmentName.meta({
      description: 'Name of the environment; made where it does not exist, unless `reuse_env` is true',
      examples: ['analysis'],
    }),
    task_name: z
      .string()
      .min(1)
      .max(200)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .optional()
      .meta({ description: 'Unique in the tenant; absent: `task-` and its number', examples: ['nightly-report'] }),
    requirements: z
      .string()
      .max(MAX_REQUIREMENTS)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .optional()
      .meta({ description: 'As in a `requirements.txt`: names with versions, one a line', examples: ['requests>=2.31\n'] }),
    reuse_env: z.boolean().optional().meta({ description: 'Refuse a task whose environment does not exist, instead of making one' }),
    cron_expression: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'When it runs, in `MUSTER_TIMEZONE`', examples: ['*/10 * * * *'] }),
    delay_seconds: z
      .number()
      .max(315_360_000)
      .optional()
      .meta({ description: 'It runs once, so many seconds from now; neither this nor `cron_expression`: at once', examples: [3600] }),
    timeout_seconds: z.number().int().min(1).max(604_800).optional().meta({ description: 'Ours. Of an execution; absent: as long as it takes' }),
    cpu: z.number().int().min(1).max(1_000_000).default(DEFAULT_CPU).meta({ description: 'Ours. Hundredths of a core' }),
    memory_mb: z.number().int().min(4).max(1_000_000_000).default(DEFAULT_MEMORY).meta({ description: 'Ours. MiB that it may take' }),
    environment: variables.optional().meta({ description: 'Ours. Variables of its process; sealed, and never shown' }),
  })
  .meta({
    id: 'CondaTaskRequest',
    description: 'A task to be made',
    examples: [{ script: "print('hello')", conda_env: 'analysis', task_name: 'nightly-report', cron_expression: '0 2 * * *' }],
  });
export type CreateTaskBody = z.output<typeof createTaskBody>;

const named = { task_id: taskNumber, task_name: taskName };
const shown = { ...named, status, script_path: scriptPath, conda_env: condaEnv, created_at: time, cron_expression: cron };

export const taskMade = z
  .object({
    success: done,
    message: z.literal('Task scheduled successfully'),
    task: z.object({
      ...shown,
      next_run_time: time.nullable(),
      last_run_time: time.nullable(),
      last_run_duration: seconds,
      requirements: z.string().optional(),
    }),
    environment_message: z.string().optional().meta({ description: 'What was done about its environment; absent: nothing' }),
  })
  .meta({ id: 'CondaTaskMade', description: 'It is made' });

export const taskEntry = z
  .object({
    ...shown,
    next_run_time_formatted: time.nullable(),
    last_run_time_formatted: time.nullable(),
    last_run_duration_formatted: seconds,
    completed_at: time.optional().meta({ description: 'When the last execution ended' }),
  })
  .meta({ id: 'CondaTaskEntry', description: 'A task' });

const executionId = z.string().meta({ description: 'Id of the execution', examples: ['task.1.3'] });
const measured = { duration: seconds, peak_memory: megabytes, avg_memory: megabytes, exit_code: z.number().int().nullable() };

export const execution = z
  .object({
    ...{ execution_id: executionId, start_time: time.nullable(), end_time: time.nullable(), status, ...measured },
    logs: z.string().nullable().meta({ description: 'What it wrote, its end; only of the latest' }),
    generation: z.number().int().meta({ description: 'Ours. The generation of the environment that it is carried out in' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Ours. Why it waits or failed, in one word', examples: ['exited'] }),
    message: z.string().nullable().meta({ description: 'Ours. The same in a sentence' }),
  })
  .meta({ id: 'CondaExecution', description: 'One execution of a task' });

export const taskDetail = z
  .object({
    success: done,
    task: z.object({
      ...shown,
      next_run_time: time.nullable(),
      last_run_time: time.nullable(),
      last_run_duration: seconds,
      last_execution_id: executionId.nullable(),
      executions: z.array(executionId),
      requirements: z.string().optional(),
      skipped: z
        .object({ slot: time, reason: z.string() })
        .meta({ id: 'CondaTaskSkip', description: 'A moment at which it was to run and did not' })
        .nullable()
        .meta({ description: 'Ours. The newest moment at which it was to run and did not, and why' }),
    }),
    execution_history: z.array(execution).meta({ description: 'The newest, newest first' }),
    performance_metrics: z
      .object({
        durations: z.array(seconds),
        timestamps: z.array(time),
        peak_memories: z.array(megabytes),
        avg_memories: z.array(megabytes),
      })
      .meta({ description: 'Of the same that began, oldest first' }),
    latest_execution: execution.nullable(),
  })
  .meta({ id: 'CondaTaskDetail', description: 'A task' });

export const taskStopped = z
  .object({
    success: done,
    message: z.literal('Task stopped successfully'),
    task: z.object({ ...named, status: z.literal('stopped'), previous_status: z.literal('running') }),
  })
  .meta({ id: 'CondaTaskStopped', description: 'Its execution is stopped' });
export const notRunning = z
  .object({
    success: z.literal(false),
    message: z.string().meta(SHOWN),
    error: z.string().optional(),
    current_status: status.optional(),
  })
  .meta({ id: 'CondaTaskNotRunning', description: 'There is nothing to stop, or something is in the way' });

/** 400 of task creation. */
export const taskRefused = buildRefused
  .extend({ environment_state: z.string().optional().meta({ description: 'How the environment is: as it was' }) })
  .meta({ id: 'CondaTaskRefused', description: 'It was not made' });

const counts = z.array(z.number().int());
export const taskStats = z
  .object({
    ...{ total: z.number().int(), scheduled: z.number().int(), running: z.number().int(), completed: z.number().int(), failed: z.number().int() },
    ...{ avg_duration: z.number(), min_duration: z.number(), max_duration: z.number() },
    success_rate: z.number().meta({ description: 'Percent: completed of completed and failed' }),
    last_7_days: z.object({
      dates: z.array(z.string().meta({ examples: ['2025-05-02'] })),
      success_counts: counts,
      failed_counts: counts,
    }),
    recent_tasks: z.array(z.object({ task_id: taskNumber, name: taskName, status, start_time: time.nullable(), end_time: time.nullable(), duration: seconds })),
  })
  .meta({ id: 'CondaTaskStats', description: 'All tasks of the tenant, and their executions' });

export const taskHistory = z
  .object({
    status: z.literal('success'),
    data: z.array(
      z.object({
        ...{ ...named, status, execution_time: time.nullable(), ...measured, execution_id: executionId },
        generation: z.number().int().meta({ description: 'Ours' }),
        backend: z.enum(BACKENDS).meta({ description: 'Ours. What solved it' }),
      }),
    ),
  })
  .meta({ id: 'CondaTaskHistory', description: 'Executions of the last month, the newest first' });
