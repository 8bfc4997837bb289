import { z } from 'zod';
import { MAX_ARGUMENTS } from '../drivers/python/index.js';
import { event, type EventDefinition, type EventsOf } from '../event/definition.js';
import { sealedText } from '../sealing/index.js';
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
 * Why a slot did not run. `not_permitted`: who made the task may not have such a task run. `no_environment`: what it runs in is not there.
 * `over_quota`: its account or tenant has used up a quota.
 */
export const SKIP_REASONS = ['paused', 'disabled', 'forbidden', 'missed', 'too_many', 'not_permitted', 'no_environment', 'over_quota'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Who told a task to run. */
export const TRIGGERS = ['manual', 'rerun'] as const;
/** What a run was made by: a slot, somebody, the end of another task's run, somebody for a slot that is past. */
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
  /** Slots behind this moment are the timing's: it was asked for then. Absent: no new timing was, or an older program wrote it, and the event's own moment counts. */
  timedFrom: instant.optional(),
};
/** Runs with a smaller number are not to be looked at any more. */
const keptFrom = runNumber;
/** How often the run is tried at most, losses not counted. */
const attempts = z.number().int().positive();
/** The end of a run of another task, by the event of that task's stream that ended it. */
const endOfRun = z.strictObject({ ...ofRun, revision: z.number().int().nonnegative(), at: instant });
export type EndOfRun = z.infer<typeof endOfRun>;
/** The task's, for who counts. Absent: an older program wrote it. */
const tenantId = z.string().optional();
/** What its job, its worker and the plan log say of a run that ends. What is absent is not known. */
const seenEnd = {
  reason: z.enum(RUN_REASONS).optional(),
  worker: z.string().optional(),
  /** Unix seconds. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  exitCode: z.number().int().optional(),
  message: z.string().optional(),
  /** Revision, in its worker's stream, of the event that holds what it gave back. */
  resultAt: z.number().int().nonnegative().optional(),
};
export type SeenEnd = z.infer<z.ZodObject<typeof seenEnd>>;
/** Absent times are not known. */
const execution = z.strictObject({ environmentId: z.uuid(), startedAt: seenEnd.startedAt, endedAt: seenEnd.endedAt });
const ofNotice = { ...ofTask, notice: notificationNumber };
/** A run begins. */
const begun = { ...ofRun, keptFrom, tenantId };

/** Since version 2 these hold sealed where a task tells (`noticePlace`); what is lifted from version 1 has it in the clear. */
const created = z.strictObject({ ...defined, tenantId: z.string(), createdBy: z.string() });
const updated = z.strictObject({ ...defined, keptFrom });
const noticeDecided = z.discriminatedUnion('on', [
  z.strictObject({
    ...ofNotice,
    on: z.enum(['failure', 'recovery', 'success']),
    to: notificationTarget,
    run: z.strictObject({
      ...{ run: runNumber, outcome: z.enum(OUTCOMES), trigger: z.enum(RUN_TRIGGERS), slot: instant.nullable(), attempt: z.number().int().positive() },
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
 * Stream `task-<number>`: what a task is, each slot of its schedule decided once, and what became of its runs as far as something follows
 * from it. The rest of a run is its job's, the plan log's and the node's to say.
 */
export const taskEvents = {
  TaskCreated: { version: 2, schema: created, upcasters: { 1: withNotificationTargets } } as EventDefinition<typeof created>,
  /** Holds all of the new definition. Runs that have begun keep the one that they began with. */
  TaskUpdated: { version: 2, schema: updated, upcasters: { 1: withNotificationTargets } } as EventDefinition<typeof updated>,
  TaskStatusSet: event(z.strictObject({ ...ofTask, status: z.enum(TASK_STATUSES) })),
  TaskDeleted: event(z.strictObject(ofTask)),
  /** One slot, or a span of skipped ones: from `slot` until `until`, `count` of them; null: more than were counted. */
  TaskSlotDecided: event(
    z.discriminatedUnion('decision', [
      z.strictObject({ ...begun, slot: instant, decision: z.literal('run'), dueAt: instant, attempts, pin: pin.optional() }),
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
  /** Of the slots from `from` to `until` those that nobody had decided, each with a run: `run` is the first, the others follow in order. */
  TaskBackfilled: event(z.strictObject({ ...begun, attempts, from: instant, until: instant, slots: z.array(instant).min(1).max(1000) })),
  /** The end of a run of another task, which this one waits for: each is decided once. */
  TaskChainDecided: event(
    z.discriminatedUnion('decision', [
      z.strictObject({ ...begun, after: endOfRun, decision: z.literal('run'), attempts }),
      z.strictObject({ ...ofTask, after: endOfRun, decision: z.literal('skipped'), reason: z.enum(SKIP_REASONS) }),
    ]),
  ),
  TaskTriggered: event(
    z.strictObject({
      ...begun,
      attempts,
      trigger: z.enum(TRIGGERS),
      /** The run that this one repeats. */
      repeats: runNumber.optional(),
      /** In place of the definition's, whole, with as many arguments. */
      sealedEnvironment: sealedText.optional(),
      arguments: z.number().int().min(0).max(MAX_ARGUMENTS).optional(),
      references: references.optional(),
    }),
  ),
  /** An attempt failed, or its node was lost, and another follows. `attempt`: its number, from 2; one after a loss keeps the number. */
  TaskRunRetried: event(z.strictObject({ ...ofRun, attempt: z.number().int().positive(), after: z.enum(['failed', 'timeout', 'lost']), dueAt: instant })),
  /** `secret`: its newest try was not begun, as the secrets that it refers to could not be had. `execution`: of a run in an environment, what its statistics are made of. */
  TaskRunEnded: event(z.strictObject({ ...ofRun, outcome: z.enum(OUTCOMES), tenantId, secret: secretProblem.optional(), execution: execution.optional() })),
  /** Runs that are over without an outcome of their own. */
  TaskRunsCancelled: event(z.strictObject({ ...ofTask, runs: z.array(runNumber).min(1), reason: z.enum(CANCEL_REASONS) })),
  /** These are not to be looked at any more, of those that a smaller `keep_runs`, or the end of the task, left: a bounded part at a time. */
  TaskRunsDropped: event(z.strictObject({ ...ofTask, from: runNumber, until: runNumber })),
  /** Somebody is to be told of a run that ended, or of slots that were missed; in one append with what it tells of. */
  TaskNoticeDecided: { version: 2, schema: noticeDecided, upcasters: { 1: withNotificationTarget } } as EventDefinition<typeof noticeDecided>,
  /** An attempt failed, and another follows. `attempt`: its number, from 2. */
  TaskNoticeRetried: event(z.strictObject({ ...ofNotice, attempt: z.number().int().positive(), dueAt: instant })),
  TaskNoticeEnded: event(z.strictObject({ ...ofNotice, outcome: z.enum(NOTIFICATION_OUTCOMES) })),
} as const;

/** What a run has in place of its task's own. */
export type RunParameters = Pick<TaskEventOf<'TaskTriggered'>['data'], 'sealedEnvironment' | 'arguments' | 'references'>;

export type TaskEvent = EventsOf<typeof taskEvents>;
export type TaskEventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;
