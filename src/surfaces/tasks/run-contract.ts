import { z } from 'zod';
import {
  LEFT_OUT_REASONS,
  MAX_BACKFILL,
  RUN_REASONS,
  RUN_STATUSES,
  RUN_TRIGGERS,
  SKIP_REASONS,
  TASK_STATUSES,
} from '#domain/tasks/task/index.js';
import { paging } from './envelope.js';
import { environment, words } from './work-contract.js';
import { nameOfActor } from '#src/features/visibility/index.js';
import { moment, whole } from '#src/http/index.js';

const count = z.number().int();
const seconds = z.number().nonnegative();

const usage = z.number().nonnegative().nullable();

const formerAttempt = z
  .object({
    attempt: count,
    execution: count.meta({
      description:
        'Number of this execution within its attempt. An attempt is executed again if its worker is lost or drained; `attempt=1.2` selects the log of the second execution of the first attempt',
    }),
    after: z.enum(['failed', 'timeout', 'lost']).meta({ description: 'Result of the attempt' }),
    worker: z.string().nullable(),
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    exit_code: count.nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: 'TaskRunTry', description: 'An attempt that was followed by another one' });

const after = z
  .object({ task_id: count, run_id: count })
  .meta({ id: 'TaskRunBefore', description: 'The run of another task whose end started this run' })
  .optional();

export const runView = z
  .object({
    id: count.meta({ description: 'Number of the run within its task', examples: [1] }),
    task_id: count,
    status: z.enum(RUN_STATUSES),
    trigger: z.enum(RUN_TRIGGERS).meta({ description: 'What created the run' }),
    created_by: z.string().nullable().meta({
      description:
        'The account that created the run, such as `user:` and its id. Accounts of other tenants are shown as an operator. Null if its schedule or the end of another run did',
    }),
    created_by_name: nameOfActor,
    slot: moment.nullable().meta({ description: 'The scheduled time' }),
    repeats: count.nullable().meta({ description: 'Number of the run that this run repeats' }),
    after,
    attempt: count.meta({ description: '1-based number of the current attempt' }),
    attempts: count.meta({
      description: 'Maximum number of attempts, not counting those lost with their worker',
    }),
    worker: z.string().nullable().meta({ description: 'Id of the current or last worker' }),
    created_at: moment,
    due_at: moment.meta({ description: 'Earliest start, including jitter or back-off' }),
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    duration_seconds: seconds.nullable().meta({ description: 'Duration of the latest attempt so far' }),
    exit_code: count.nullable(),
    http_status: count
      .nullable()
      .optional()
      .meta({ description: 'HTTP status of the response. Not included in lists' }),
    output: z.string().optional().meta({
      description:
        'Last 8 KiB of standard output and standard error of the latest attempt, once it has ended. The stream that was written last comes last. For an HTTP task, the end of the response body. Not included in lists',
    }),
    memory_peak_mb: usage.meta({
      description: 'Peak memory of all processes of the run, in MiB. Null if not measured',
    }),
    memory_average_mb: usage.meta({ description: 'Average memory, in MiB. Null if not measured' }),
    cpu_seconds: usage.meta({ description: 'CPU time, in seconds. Null if not measured' }),
    reason: z
      .enum(RUN_REASONS)
      .nullable()
      .meta({ description: 'Reason for the status; null if there is none' }),
    message: z.string().nullable().meta({ description: 'Message of the worker' }),
    former_tries: z.array(formerAttempt),
  })
  .meta({ id: 'TaskRun', description: 'A run of a task' });

/** A slot without a run. The list of runs includes such slots only on request. */
export const skippedView = z
  .object({
    task_id: count,
    status: z.literal('skipped'),
    trigger: z.enum(['schedule', 'after']),
    slot: moment.meta({ description: "The slot, or the end of the other task's run" }),
    until: moment.meta({ description: 'The last slot of the range' }),
    count: count
      .nullable()
      .meta({ description: 'Number of slots in the range; null if there are too many to count' }),
    reason: z.enum(SKIP_REASONS).meta({ description: 'Why there was no run' }),
    after,
    created_at: moment.meta({ description: 'Time of the decision' }),
  })
  .meta({
    id: 'TaskSkippedSlot',
    description: "One or more slots without a run, or the end of another task's run that did not start a run",
  });

export const listedRun = z
  .union([runView, skippedView])
  .meta({ id: 'TaskRunOrSlot', description: 'A run, or a slot without one, with the status `skipped`' });

const time = z.iso.datetime({ offset: true });
export const runQuery = z.strictObject({
  ...paging,
  status: z
    .enum([...RUN_STATUSES, 'skipped'])
    .optional()
    .meta({
      title: 'TaskRunStatusFilter',
      description: 'Only runs with this status; `skipped` for slots without a run',
    }),
  from: time.optional().meta({ description: 'Only runs created at or after this time' }),
  to: time.optional().meta({ description: 'Only runs created before this time' }),
});

export const triggerBody = z
  .strictObject({ environment: environment.optional(), arguments: words.optional() })
  .meta({
    id: 'TaskTrigger',
    description: 'Parameters that add to or replace those of the task',
    examples: [{}],
  });

export type TriggerBody = z.infer<typeof triggerBody>;

export const backfillBody = z
  .strictObject({
    from: time.meta({ description: 'Start of the range, inclusive' }),
    to: time.meta({
      description: `End of the range, exclusive. Not in the future, and at most ${MAX_BACKFILL} slots after the start`,
    }),
  })
  .meta({
    id: 'TaskBackfill',
    description: 'A past time range',
    examples: [{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }],
  });

export const backfillView = z
  .object({
    runs: z
      .array(
        z
          .object({ slot: moment, run_id: count })
          .meta({ id: 'TaskBackfilledSlot', description: 'A slot and its run' }),
      )
      .meta({ description: 'Slots that will run, oldest first' }),
    left_out: z
      .array(
        z
          .object({ slot: moment, reason: z.enum(LEFT_OUT_REASONS) })
          .meta({ id: 'TaskSlotLeftOut', description: 'A slot without a run, and the reason' }),
      )
      .meta({
        description:
          '`decided`: the slot already ran or was skipped; `due`: the slot is about to be decided; `paused`: the slot will be decided when the pause ends; `too_many`: 1,000 runs are waiting, try again later',
      }),
  })
  .meta({ id: 'TaskBackfillResult', description: 'Decisions on the slots of a range' });

const decision = z
  .object({
    slot: moment.meta({ description: "The slot, or the end of the other task's run" }),
    until: moment.nullable().meta({ description: 'The last slot of a range that was skipped' }),
    count: count
      .nullable()
      .meta({ description: 'Number of slots in the range; null if there are too many to count' }),
    decision: z.enum(['run', 'skipped']),
    reason: z.enum(SKIP_REASONS).nullable(),
    run_id: count.nullable(),
    after,
    decided_at: moment,
  })
  .meta({ id: 'TaskSlot', description: "A decision on a slot, or on the end of another task's run" });

export const scheduleView = z
  .object({
    status: z.enum(TASK_STATUSES).meta({ description: 'Status of the task. Only active tasks fire' }),
    paused: z
      .boolean()
      .meta({ description: 'Whether the task is paused. Slots are skipped until it is resumed' }),
    next: z.array(moment).meta({ description: 'Next slots' }),
    past: z.array(decision).meta({ description: 'Decisions, newest first' }),
    clock_went_back: z
      .object({
        at: moment.meta({ description: 'When this was detected, by the corrected clock' }),
        decided_until: moment.meta({
          description:
            'Slots up to this time had been decided. Slots that ran do not run again; all others are decided again',
        }),
      })
      .optional()
      .meta({
        description:
          "The last time the server's clock was set back while the task had a schedule. Absent if this never happened",
      }),
  })
  .meta({ id: 'TaskSchedule', description: 'The schedule of a task' });

export const scheduleQuery = z.strictObject({
  next: whole(0, 100).default(20).meta({ description: 'Number of upcoming slots' }),
  past: whole(0, 100).default(20).meta({ description: 'Number of decisions' }),
});
