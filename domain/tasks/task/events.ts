import { z } from 'zod';
import { MAX_ARGUMENTS } from '../../drivers/python/index.js';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/index.js';
import { taskDefinition } from './definition.js';
import { withNotificationTarget, withNotificationTargets } from './upcasters.js';
import { pin } from './pin.js';
import { notificationNumber, runNumber, taskNumber } from './identifier.js';
import { NOTIFICATION_OUTCOMES, notificationTarget } from './notification.js';
import { RUN_REASONS } from './reasons.js';
import { references, secretProblem } from './references.js';

export const TASK_STATUSES = ['active', 'paused', 'disabled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/**
 * `not_permitted`: the creator may not run such a task. `no_environment`: its environment does not exist. `over_quota`:
 * its account or tenant has used up a quota.
 */
export const SKIP_REASONS = [
  'paused',
  'disabled',
  'forbidden',
  'missed',
  'too_many',
  'not_permitted',
  'no_environment',
  'over_quota',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export const TRIGGERS = ['manual', 'rerun'] as const;
/** What started a run: a slot, a user, the end of another task's run, or a backfill. */
export const RUN_TRIGGERS = ['schedule', ...TRIGGERS, 'after', 'backfill'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];
export const OUTCOMES = ['success', 'failed', 'timeout'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const CANCEL_REASONS = ['requested', 'replaced', 'deleted'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

const ofTask = { taskId: taskNumber };
const ofRun = { ...ofTask, run: runNumber };
/** Milliseconds since 1970. */
const instant = z.number().int();
const defined = {
  ...ofTask,
  nameReservation: z.string(),
  definition: taskDefinition,
  /**
   * Slots after this moment belong to the timing. Absent: the timing did not change, or an older release wrote the
   * event; then its own time counts.
   */
  timedFrom: instant.optional(),
};
/** Runs with smaller numbers are no longer retained. */
const keptFrom = runNumber;
/** Maximum number of attempts, not counting losses. */
const attempts = z.number().int().positive();
/** The end of another task's run, identified by the revision in that task's stream. */
const endOfRun = z.strictObject({ ...ofRun, revision: z.number().int().nonnegative(), at: instant });
export type EndOfRun = z.infer<typeof endOfRun>;
/** The task's tenant, for statistics. Absent in events of older releases. */
const tenantId = z.string().optional();
/** Details of a run's end from its job, its worker and the plan log. Unknown fields are absent. */
const seenEnd = {
  reason: z.enum(RUN_REASONS).optional(),
  worker: z.string().optional(),
  /** Unix seconds. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  exitCode: z.number().int().optional(),
  message: z.string().optional(),
  resultAt: z.number().int().nonnegative().optional(),
};
export type SeenEnd = z.infer<z.ZodObject<typeof seenEnd>>;
/** Unknown times are absent. */
const execution = z.strictObject({
  environmentId: z.uuid(),
  startedAt: seenEnd.startedAt,
  endedAt: seenEnd.endedAt,
});
const ofNotice = { ...ofTask, notice: notificationNumber };
const begun = { ...ofRun, keptFrom, tenantId };

/** Version 2 seals the notification target; events upcast from version 1 have it in plain text. */
const created = z.strictObject({ ...defined, tenantId: z.string(), createdBy: z.string() });
const updated = z.strictObject({ ...defined, keptFrom });
const noticeDecided = z.discriminatedUnion('on', [
  z.strictObject({
    ...ofNotice,
    on: z.enum(['failure', 'recovery', 'success']),
    to: notificationTarget,
    run: z.strictObject({
      run: runNumber,
      outcome: z.enum(OUTCOMES),
      trigger: z.enum(RUN_TRIGGERS),
      slot: instant.nullable(),
      attempt: z.number().int().positive(),
      ...seenEnd,
    }),
  }),
  z.strictObject({
    ...ofNotice,
    on: z.literal('missed'),
    to: notificationTarget,
    slots: z.strictObject({ slot: instant, until: instant, count: z.number().int().positive().nullable() }),
  }),
]);

/**
 * The stream `task-<number>` holds the definition, the decision about each slot, and outcomes of runs as far as
 * something follows from them. Everything else about a run is in the streams of its job, the plan log and the node.
 */
export const taskEvents = {
  TaskCreated: { version: 2, schema: created, upcasters: { 1: withNotificationTargets } } as EventDefinition<
    typeof created
  >,
  /** Holds the whole new definition. Existing runs keep the one that they started with. */
  TaskUpdated: { version: 2, schema: updated, upcasters: { 1: withNotificationTargets } } as EventDefinition<
    typeof updated
  >,
  TaskStatusSet: event(z.strictObject({ ...ofTask, status: z.enum(TASK_STATUSES) })),
  TaskDeleted: event(z.strictObject(ofTask)),
  /** One slot, or a span of skipped ones [from `slot` to `until`]; `count` is their number, null: more than were counted. */
  TaskSlotDecided: event(
    z.discriminatedUnion('decision', [
      z.strictObject({
        ...begun,
        slot: instant,
        decision: z.literal('run'),
        dueAt: instant,
        attempts,
        pin: pin.optional(),
      }),
      z.strictObject({
        ...ofTask,
        slot: instant,
        decision: z.literal('skipped'),
        reason: z.enum(SKIP_REASONS),
        until: instant,
        count: z.number().int().positive().nullable(),
      }),
    ]),
  ),
  /** One run for each slot between `from` and `until` that was undecided. `run` is the first; the others follow in order. */
  TaskBackfilled: event(
    z.strictObject({
      ...begun,
      attempts,
      from: instant,
      until: instant,
      slots: z.array(instant).min(1).max(1000),
    }),
  ),
  TaskChainDecided: event(
    z.discriminatedUnion('decision', [
      z.strictObject({ ...begun, after: endOfRun, decision: z.literal('run'), attempts }),
      z.strictObject({
        ...ofTask,
        after: endOfRun,
        decision: z.literal('skipped'),
        reason: z.enum(SKIP_REASONS),
      }),
    ]),
  ),
  TaskTriggered: event(
    z.strictObject({
      ...begun,
      attempts,
      trigger: z.enum(TRIGGERS),
      repeats: runNumber.optional(),
      /** Replaces the definition's environment entirely, with the given number of arguments. */
      sealedEnvironment: sealedText.optional(),
      arguments: z.number().int().min(0).max(MAX_ARGUMENTS).optional(),
      references: references.optional(),
    }),
  ),
  /** An attempt failed, or its node was lost. `attempt`: number of the next one, from 2; the same number again after a loss. */
  TaskRunRetried: event(
    z.strictObject({
      ...ofRun,
      attempt: z.number().int().positive(),
      after: z.enum(['failed', 'timeout', 'lost']),
      dueAt: instant,
    }),
  ),
  /**
   * `secret`: the newest attempt was not started, because its secrets were unavailable. `execution`: statistics of a
   * run in an environment.
   */
  TaskRunEnded: event(
    z.strictObject({
      ...ofRun,
      outcome: z.enum(OUTCOMES),
      tenantId,
      secret: secretProblem.optional(),
      execution: execution.optional(),
    }),
  ),
  /** Cancels runs that have no outcome of their own. */
  TaskRunsCancelled: event(
    z.strictObject({ ...ofTask, runs: z.array(runNumber).min(1), reason: z.enum(CANCEL_REASONS) }),
  ),
  /** Removes runs that a smaller `keep_runs` or the task's deletion left over, one batch at a time. */
  TaskRunsDropped: event(z.strictObject({ ...ofTask, from: runNumber, until: runNumber })),
  /** A notification about a finished run or missed slots, in one append with its cause. */
  TaskNoticeDecided: {
    version: 2,
    schema: noticeDecided,
    upcasters: { 1: withNotificationTarget },
  } as EventDefinition<typeof noticeDecided>,
  /** An attempt failed. `attempt`: number of the next one, from 2. */
  TaskNoticeRetried: event(
    z.strictObject({ ...ofNotice, attempt: z.number().int().positive(), dueAt: instant }),
  ),
  TaskNoticeEnded: event(z.strictObject({ ...ofNotice, outcome: z.enum(NOTIFICATION_OUTCOMES) })),
} as const;

export type RunParameters = Pick<
  TaskEventOf<'TaskTriggered'>['data'],
  'sealedEnvironment' | 'arguments' | 'references'
>;

export type TaskEvent = EventsOf<typeof taskEvents>;
export type TaskEventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;
