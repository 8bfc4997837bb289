import { z } from 'zod';
import { BACKENDS, MAX_SCRIPT } from '#domain/drivers/conda/index.js';
import { environmentName } from '#domain/environments/environment/index.js';
import { environmentName as variableName } from '#domain/kernel/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '#domain/kernel/plain-name.js';
import { secretReference } from '#domain/accounts/secret/index.js';
import { MAX_REQUIREMENTS, RESERVED_VARIABLES } from '#domain/tasks/task/index.js';
import { SHOWN, whole } from '#src/http/index.js';
import { buildRefused } from './environment-contract.js';

export const TASK_STATUSES = ['scheduled', 'running', 'completed', 'failed', 'stopped'] as const;
export type CondaTaskStatus = (typeof TASK_STATUSES)[number];

export const NEWEST = 1000;
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 512;

const time = z
  .string()
  .meta({ description: 'YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`', examples: ['2025-05-01 14:30:00'] });
const done = z.literal(true).meta({ description: 'Success message' });
const taskNumber = z
  .number()
  .int()
  .meta({ description: 'Task number', examples: [1] });
const taskName = z.string().meta({ description: 'Name of the task', examples: ['nightly-report'] });
const status = z.enum(TASK_STATUSES).meta({
  description:
    '`scheduled`: before the first execution, or while one is waiting; `running`; otherwise the result of the last execution: `completed`, `failed` or `stopped`',
});
const seconds = z.number().nullable().meta({ description: 'Seconds' });
const megabytes = z.number().nullable().meta({ description: 'MB (10^6); null if unknown' });
const scriptPath = z
  .string()
  .meta({ description: 'Path of the script, or its code', examples: ["print('hello')"] });
const condaEnv = z.string().meta({ description: 'Name of the environment', examples: ['analysis'] });
const cron = z
  .string()
  .nullable()
  .meta({ description: 'Cron expression. Null for a single execution', examples: ['*/10 * * * *'] });

export const taskParams = z.object({
  task_id: z
    .string()
    .max(400)
    .meta({ description: 'Task number', examples: ['1'] }),
});

export const pageQuery = z.strictObject({
  limit: whole(1, NEWEST)
    .default(NEWEST)
    .meta({ description: 'Extension. Maximum number of items, starting with the newest' }),
  before: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Extension. Only items older than the one with this id' }),
});
export type PageQuery = z.output<typeof pageQuery>;

const variables = z
  .record(
    variableName.refine(
      (name) => !name.startsWith(RESERVED_VARIABLES),
      `names must not begin with ${RESERVED_VARIABLES}`,
    ),
    z.union([
      z.string().max(32_768).regex(PLAIN_NAME, PLAIN_NAME_RULE),
      secretReference.meta({
        id: 'CondaSecretReference',
        description: "Value that the tenant's secret with this name has when an execution starts",
      }),
    ]),
  )
  .refine((values) => JSON.stringify(values).length <= 65_536, 'must be at most 64 KiB in total');

export const createTaskBody = z
  .strictObject({
    script: z.string().min(1).max(MAX_SCRIPT).regex(PLAIN_NAME, PLAIN_NAME_RULE).meta({
      description:
        'A line that begins with `/` or ends in `.py` is the path of a file on the node; anything else is code',
    }),
    conda_env: environmentName.meta({
      description: 'Name of the environment. It is created if it does not exist, unless `reuse_env` is true',
      examples: ['analysis'],
    }),
    task_name: z
      .string()
      .min(1)
      .max(200)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .optional()
      .meta({
        description: 'Unique within the tenant. If omitted, `task-` followed by the task number',
        examples: ['nightly-report'],
      }),
    requirements: z
      .string()
      .max(MAX_REQUIREMENTS)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .optional()
      .meta({
        description: 'In the format of `requirements.txt`: names with versions, one per line',
        examples: ['requests>=2.31\n'],
      }),
    reuse_env: z
      .boolean()
      .optional()
      .meta({ description: 'Refuse a task whose environment does not exist instead of creating one' }),
    cron_expression: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Cron schedule in `MUSTER_TIMEZONE`', examples: ['*/10 * * * *'] }),
    delay_seconds: z
      .number()
      .max(315_360_000)
      .optional()
      .meta({
        description:
          'Run once after this many seconds. If this and `cron_expression` are omitted, the task runs immediately',
        examples: [3600],
      }),
    timeout_seconds: z
      .number()
      .int()
      .min(1)
      .max(604_800)
      .optional()
      .meta({ description: 'Extension. Time limit of an execution. Default: none' }),
    cpu: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(DEFAULT_CPU)
      .meta({ description: 'Extension. Hundredths of a core' }),
    memory_mb: z
      .number()
      .int()
      .min(4)
      .max(1_000_000_000)
      .default(DEFAULT_MEMORY)
      .meta({ description: 'Extension. Memory limit in MiB' }),
    environment: variables
      .optional()
      .meta({ description: 'Extension. Environment variables, which are sealed and never shown' }),
  })
  .meta({
    id: 'CondaTaskRequest',
    description: 'A task to create',
    examples: [
      {
        script: "print('hello')",
        conda_env: 'analysis',
        task_name: 'nightly-report',
        cron_expression: '0 2 * * *',
      },
    ],
  });
export type CreateTaskBody = z.output<typeof createTaskBody>;

const named = { task_id: taskNumber, task_name: taskName };
const shown = {
  ...named,
  status,
  script_path: scriptPath,
  conda_env: condaEnv,
  created_at: time,
  cron_expression: cron,
};

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
    environment_message: z
      .string()
      .optional()
      .meta({ description: 'What was done with the environment. Absent if nothing was done' }),
  })
  .meta({ id: 'CondaTaskMade', description: 'Task created' });

export const taskEntry = z
  .object({
    ...shown,
    next_run_time_formatted: time.nullable(),
    last_run_time_formatted: time.nullable(),
    last_run_duration_formatted: seconds,
    completed_at: time.optional().meta({ description: 'End of the last execution' }),
  })
  .meta({ id: 'CondaTaskEntry', description: 'A task' });

const executionId = z.string().meta({ description: 'Id of the execution', examples: ['task.1.3'] });
const measured = {
  duration: seconds,
  peak_memory: megabytes,
  avg_memory: megabytes,
  exit_code: z.number().int().nullable(),
};

export const execution = z
  .object({
    execution_id: executionId,
    start_time: time.nullable(),
    end_time: time.nullable(),
    status,
    ...measured,
    logs: z
      .string()
      .nullable()
      .meta({ description: 'End of the output. Only included for the latest execution' }),
    generation: z
      .number()
      .int()
      .meta({ description: 'Extension. Generation of the environment that the execution uses' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Extension. Code of the reason for waiting or failing', examples: ['exited'] }),
    message: z.string().nullable().meta({ description: 'Extension. The reason in words' }),
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
        .meta({ id: 'CondaTaskSkip', description: 'A scheduled time without an execution' })
        .nullable()
        .meta({ description: 'Extension. The latest scheduled time without an execution, and the reason' }),
    }),
    execution_history: z.array(execution).meta({ description: 'Latest executions, newest first' }),
    performance_metrics: z
      .object({
        durations: z.array(seconds),
        timestamps: z.array(time),
        peak_memories: z.array(megabytes),
        avg_memories: z.array(megabytes),
      })
      .meta({ description: 'Metrics of the executions that have started, oldest first' }),
    latest_execution: execution.nullable(),
  })
  .meta({ id: 'CondaTaskDetail', description: 'A task' });

export const taskStopped = z
  .object({
    success: done,
    message: z.literal('Task stopped successfully'),
    task: z.object({ ...named, status: z.literal('stopped'), previous_status: z.literal('running') }),
  })
  .meta({ id: 'CondaTaskStopped', description: 'The execution is being stopped' });
export const notRunning = z
  .object({
    success: z.literal(false),
    message: z.string().meta(SHOWN),
    error: z.string().optional(),
    current_status: status.optional(),
  })
  .meta({
    id: 'CondaTaskNotRunning',
    description: 'There is no running execution to stop, or a running one prevents the request',
  });

export const taskRefused = buildRefused
  .extend({
    environment_state: z
      .string()
      .optional()
      .meta({ description: 'State of the environment, which is unchanged' }),
  })
  .meta({ id: 'CondaTaskRefused', description: 'Task not created' });

const counts = z.array(z.number().int());
export const taskStats = z
  .object({
    total: z.number().int(),
    scheduled: z.number().int(),
    running: z.number().int(),
    completed: z.number().int(),
    failed: z.number().int(),
    avg_duration: z.number(),
    min_duration: z.number(),
    max_duration: z.number(),
    success_rate: z
      .number()
      .meta({ description: 'Percentage of completed executions among completed and failed ones' }),
    last_7_days: z.object({
      dates: z.array(z.string().meta({ examples: ['2025-05-02'] })),
      success_counts: counts,
      failed_counts: counts,
    }),
    recent_tasks: z.array(
      z.object({
        task_id: taskNumber,
        name: taskName,
        status,
        start_time: time.nullable(),
        end_time: time.nullable(),
        duration: seconds,
      }),
    ),
  })
  .meta({ id: 'CondaTaskStats', description: 'Tasks of the tenant and their executions' });

export const taskHistory = z
  .object({
    status: z.literal('success'),
    data: z.array(
      z.object({
        ...named,
        status,
        execution_time: time.nullable(),
        ...measured,
        execution_id: executionId,
        generation: z
          .number()
          .int()
          .meta({ description: 'Extension. Generation of the environment that was used' }),
        backend: z.enum(BACKENDS).meta({ description: 'Extension. Solver that was used' }),
      }),
    ),
  })
  .meta({ id: 'CondaTaskHistory', description: 'Executions of the last month, newest first' });
