import { z } from 'zod';
import { MAX_ARGUMENTS } from '../../drivers/python/index.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/index.js';
import { taskDefinition } from './definition.js';
import { pin } from '../../environments/environment/pin.js';
import { taskNumber } from '../../kernel/task-number.js';
import { notificationNumber, runNumber } from './identifier.js';
import { NOTIFICATION_OUTCOMES, notificationTarget } from './notification.js';
import { startBounds } from './start-bounds.js';
import { RUN_REASONS } from './reasons.js';
import { OWNER_ENDS } from '../../work/owner-end.js';
import { references, secretProblem } from './references.js';

export const TASK_STATUSES = ['active', 'paused', 'disabled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/**
 * `not_permitted`: the creator may not run such a task. `no_environment`: its environment does not exist. `over_quota`: its account or tenant has
 * used up a quota.
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
export const RUN_TRIGGERS = ['schedule', ...TRIGGERS, 'after', 'backfill'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];
export const OUTCOMES = ['success', 'failed', 'timeout'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const CANCEL_REASONS = ['requested', 'replaced', 'deleted', 'owner_ended'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

const ofTask = { taskId: taskNumber };
const ofRun = { ...ofTask, run: runNumber };
const instant = z.number().int();
const defined = {
  ...ofTask,
  nameReservation: z.string(),
  definition: taskDefinition,
  /**
   * Slots after this time belong to the timing. Absent if the timing did not change.
   */
  timedFrom: instant.optional(),
};
const keptFrom = runNumber;
const attempts = z.number().int().positive();
/** The end of a run of another task, identified by its revision in that task's stream. */
const endOfRun = z.strictObject({ ...ofRun, revision: z.number().int().nonnegative(), at: instant });
export type EndOfRun = z.infer<typeof endOfRun>;
const tenantId = z.string().optional();
const seenEnd = {
  reason: z.enum(RUN_REASONS).optional(),
  worker: z.string().optional(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  exitCode: z.number().int().optional(),
  message: z.string().optional(),
  resultAt: z.number().int().nonnegative().optional(),
};
export type SeenEnd = z.infer<z.ZodObject<typeof seenEnd>>;
const execution = z.strictObject({
  environmentId: z.uuid(),
  startedAt: seenEnd.startedAt,
  endedAt: seenEnd.endedAt,
});
const ofNotice = { ...ofTask, notice: notificationNumber };
const begun = { ...ofRun, ...startBounds, keptFrom, tenantId };

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
  z.strictObject({
    ...ofNotice,
    on: z.literal('waiting'),
    to: notificationTarget,
    waits: z.strictObject({
      run: runNumber,
      trigger: z.enum(RUN_TRIGGERS),
      slot: instant.nullable(),
      since: instant,
      reason: z.enum(RUN_REASONS).optional(),
    }),
  }),
  z.strictObject({ ...ofNotice, on: z.literal('test'), to: notificationTarget }),
]);

const runEnded = z.strictObject({
  ...ofRun,
  outcome: z.enum(OUTCOMES),
  tenantId,
  /** Why the latest attempt was not started. */
  secret: secretProblem.optional(),
  /** Set only for runs in an environment. */
  execution: execution.optional(),
  /** The run did not start in the time that its task allows. */
  expired: z.literal(true).optional(),
});

const statusSet = z.strictObject({
  ...ofTask,
  status: z.enum(TASK_STATUSES),
  because: z.enum(OWNER_ENDS).optional(),
});
const runsCancelled = z.strictObject({
  ...ofTask,
  runs: z.array(runNumber).min(1),
  reason: z.enum(CANCEL_REASONS),
});

/**
 * The stream `task-<number>` holds the definition, the decision about each slot, and those outcomes of runs that affect later decisions. Everything
 * else about a run is in the streams of its job, the plan log and the node.
 */
export const taskEvents = {
  TaskCreated: event(created),
  TaskUpdated: event(updated),
  /** `because`: the end of the account that owned the task. */
  TaskStatusSet: event(statusSet, { ending: true }),
  /** `ownerId` is an account of the task's tenant. `because`: how the account ended that owned the task. */
  TaskOwnerChanged: event(z.strictObject({ ...ofTask, ownerId: z.string(), because: z.enum(OWNER_ENDS) })),
  TaskDeleted: event(z.strictObject(ofTask), { ending: true }),
  /** One slot, or a span of skipped slots. `count` is null if there are too many to count. */
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
      sealedEnvironment: sealedText.optional(),
      arguments: z.number().int().min(0).max(MAX_ARGUMENTS).optional(),
      references: references.optional(),
    }),
  ),
  TaskRunRetried: event(
    z.strictObject({
      ...ofRun,
      attempt: z.number().int().positive(),
      after: z.enum(['failed', 'timeout', 'lost']),
      dueAt: instant,
    }),
    { failure: 'always' },
  ),
  TaskRunEnded: event(runEnded, { ending: true, failure: 'by outcome' }),
  TaskRunsCancelled: event(runsCancelled, { ending: true }),
  TaskRunsDropped: event(z.strictObject({ ...ofTask, from: runNumber, until: runNumber }), { ending: true }),
  TaskNoticeDecided: event(noticeDecided),
  TaskNoticeRetried: event(
    z.strictObject({ ...ofNotice, attempt: z.number().int().positive(), dueAt: instant }),
  ),
  TaskNoticeEnded: event(z.strictObject({ ...ofNotice, outcome: z.enum(NOTIFICATION_OUTCOMES) }), {
    failure: 'by outcome',
  }),
} as const;

export type RunParameters = Pick<
  TaskEventOf<'TaskTriggered'>['data'],
  'sealedEnvironment' | 'arguments' | 'references'
>;

export type TaskEvent = EventsOf<typeof taskEvents>;
export type TaskEventOf<Type extends TaskEvent['type']> = Extract<TaskEvent, { type: Type }>;
