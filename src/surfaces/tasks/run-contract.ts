import { z } from 'zod';
import { LEFT_OUT_REASONS, MAX_BACKFILL, RUN_REASONS, RUN_STATUSES, RUN_TRIGGERS, SKIP_REASONS, TASK_STATUSES } from '#domain/task/index.js';
import { paging } from './envelope.js';
import { environment, words } from './work-contract.js';
import { moment } from '#src/surfaces/kit/index.js';

const count = z.number().int();
const seconds = z.number().nonnegative();

const usage = z.number().nonnegative().nullable();

const formerTry = z
  .object({
    attempt: count,
    after: z.enum(['failed', 'timeout', 'lost']).meta({ description: 'How it ended' }),
    worker: z.string().nullable(),
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    exit_code: count.nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: 'TaskRunTry', description: 'A try of a run that another one followed' });

const after = z
  .object({ task_id: count, run_id: count })
  .meta({ id: 'TaskRunBefore', description: 'The run of another task, whose end it is about; absent: it is about none' })
  .optional();

export const runView = z
  .object({
    id: count.meta({ description: 'Number of the run within its task', examples: [1] }),
    task_id: count,
    status: z.enum(RUN_STATUSES),
    trigger: z.enum(RUN_TRIGGERS).meta({ description: 'What it was made by' }),
    slot: moment.nullable().meta({ description: 'The moment of the schedule that it is for' }),
    repeats: count.nullable().meta({ description: 'Number of the run that it repeats' }),
    after,
    attempt: count.meta({ description: 'Which attempt it is at, from 1' }),
    attempts: count.meta({ description: 'How many there can be; what is lost with its worker does not count' }),
    worker: z.string().nullable().meta({ description: 'Id of the worker that it is on, or was on last' }),
    created_at: moment,
    due_at: moment.meta({ description: 'Before that it does not begin: a jitter, or a pause before the next attempt' }),
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    duration_seconds: seconds.nullable().meta({ description: 'Of the newest attempt; of one that runs: so far' }),
    exit_code: count.nullable(),
    http_status: count.nullable().optional().meta({ description: 'Of a call that was answered; not in lists' }),
    output: z.string().optional().meta({
      description:
        'The last 8 KiB of what it wrote to its output and to its errors, the stream that it wrote to last at the end; of a call the end of the body of the answer. Of the newest attempt, once that has ended; not in lists',
    }),
    memory_peak_mb: usage.meta({ description: 'Memory of all its processes, at its largest, in MiB; null: not measured' }),
    memory_average_mb: usage.meta({ description: 'On average over its time, in MiB; null: not measured' }),
    cpu_seconds: usage.meta({ description: 'Time of processors that its processes took, in seconds; null: not measured' }),
    reason: z.enum(RUN_REASONS).nullable().meta({ description: 'Why it is as it is; null: there is nothing to explain' }),
    message: z.string().nullable().meta({ description: 'What its worker said of it' }),
    former_tries: z.array(formerTry),
  })
  .meta({ id: 'TaskRun', description: 'A run of a task' });

/** A slot without a run, which appears in the list of runs on request. */
export const skippedView = z
  .object({
    task_id: count,
    status: z.literal('skipped'),
    trigger: z.enum(['schedule', 'after']),
    slot: moment.meta({ description: 'Of a start by another task: when its run ended' }),
    until: moment.meta({ description: 'The last slot of the span' }),
    count: count.nullable().meta({ description: 'Slots of the span; null: more than were counted' }),
    reason: z.enum(SKIP_REASONS).meta({ description: 'Why there was no run' }),
    after,
    created_at: moment.meta({ description: 'When it was decided' }),
  })
  .meta({ id: 'TaskSkippedSlot', description: 'A slot, or a span of slots, without a run; or an end of another task that started none' });

export const listedRun = z
  .union([runView, skippedView])
  .meta({ id: 'TaskRunOrSlot', description: 'A run, or a slot without one: then its `status` is `skipped`' });

const time = z.iso.datetime({ offset: true });
export const runQuery = z.strictObject({
  ...paging,
  status: z
    .enum([...RUN_STATUSES, 'skipped'])
    .optional()
    .meta({ title: 'TaskRunStatusFilter', description: 'Only runs of this status; `skipped`: the slots that were not run' }),
  from: time.optional().meta({ description: 'Only runs made at or after' }),
  to: time.optional().meta({ description: 'Only runs made before' }),
});

export const triggerBody = z
  .strictObject({ environment: environment.optional(), arguments: words.optional() })
  .meta({ id: 'TaskTrigger', description: "What this run has in addition to, or in place of, the task's", examples: [{}] });

export type TriggerBody = z.infer<typeof triggerBody>;

export const backfillBody = z
  .strictObject({
    from: time.meta({ description: 'The first moment of the span' }),
    to: time.meta({ description: `Its end, which is not in it; not in the future, and at most ${MAX_BACKFILL} slots later` }),
  })
  .meta({ id: 'TaskBackfill', description: 'A span that is past', examples: [{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }] });

export const backfillView = z
  .object({
    runs: z
      .array(z.object({ slot: moment, run_id: count }).meta({ id: 'TaskBackfilledSlot', description: 'A slot and its run' }))
      .meta({ description: 'Slots that run, the oldest first' }),
    left_out: z
      .array(z.object({ slot: moment, reason: z.enum(LEFT_OUT_REASONS) }).meta({ id: 'TaskSlotLeftOut', description: 'A slot without a run, and why' }))
      .meta({
        description:
          '`decided`: it was decided before, to run or to be skipped; `due`: the schedule is about to decide it; `paused`: it will when the pause ends; `too_many`: 1,000 runs wait, ask again later',
      }),
  })
  .meta({ id: 'TaskBackfillResult', description: 'What was decided of the slots of a span' });

const decision = z
  .object({
    slot: moment.meta({ description: 'Of a start by another task: when its run ended' }),
    until: moment.nullable().meta({ description: 'The last slot of a span that was skipped' }),
    count: count.nullable().meta({ description: 'Slots of the span; null: more than were counted' }),
    decision: z.enum(['run', 'skipped']),
    reason: z.enum(SKIP_REASONS).nullable(),
    run_id: count.nullable(),
    after,
    decided_at: moment,
  })
  .meta({ id: 'TaskSlot', description: 'What was decided of a slot, or of an end of a run of another task' });

export const scheduleView = z
  .object({
    status: z.enum(TASK_STATUSES).meta({ description: 'Of the task; one that is not active fires nothing' }),
    paused: z.boolean().meta({ description: 'Whether it is paused: its slots are skipped until it is resumed' }),
    next: z.array(moment).meta({ description: 'When it fires next' }),
    past: z.array(decision).meta({ description: 'What was decided, newest first' }),
    clock_went_back: z
      .object({
        at: moment.meta({ description: 'When that was seen, by the clock as it is since' }),
        decided_until: moment.meta({ description: 'Up to where slots had been decided by then: those that ran do not run again, the others are decided anew' }),
      })
      .optional()
      .meta({ description: "The server's clock went back while the task had a schedule: the last time; absent: never" }),
  })
  .meta({ id: 'TaskSchedule', description: 'When a task fires, and what became of its slots' });

export const scheduleQuery = z.strictObject({
  next: z.coerce.number().int().min(0).max(100).default(20).meta({ description: 'How many moments to come' }),
  past: z.coerce.number().int().min(0).max(100).default(20).meta({ description: 'How many decisions' }),
});
