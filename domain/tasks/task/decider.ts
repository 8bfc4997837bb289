import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { type OwnerEnd } from '../../work/owner-end.js';
import { isZoneName, nextSlot, ZONE_PROBLEM } from '../schedule/index.js';
import { backfill, type BackfillSpan } from './backfill.js';
import { decideDependencies, type AwaitedEnd } from './dependency-decision.js';
import { blockedBy, MAX_OPEN_RUNS } from './concurrency.js';
import { retryDelay, type TaskDefinition, type Timing } from './definition.js';
import { taskErrors } from './errors.js';
import type { Outcome, SeenEnd, TaskEvent, TaskEventOf, TaskStatus } from './events.js';
import { oldestRetainedRun, nextDrop } from './run-retention.js';
import {
  decideNotifications,
  decideTest,
  decideWaiting,
  settleNotification,
  type SettledNotification,
  type WaitingRun,
} from './notification-decision.js';
import { decideSlots, isAhead, skipUntil, type Moment } from './slot-decision.js';
import { boundsOf, type StartBounds } from './start-bounds.js';
import { messageOf, reasonOf, type SecretProblem } from './references.js';
import { evolveTask, startNumberOf, type OpenRun, type PresentTask, type TaskState } from './state.js';
import { scheduleOf } from './timing.js';

export const MAX_LOSSES = 3;
/** How long to wait before a refused run is placed again, in milliseconds. In this time, the node that refused it can report what it refuses. */
export const REFUSED_DELAY_MS = 2000;

const BY_SAGA: readonly TaskCommand['kind'][] = [
  'decideSlots',
  'clockWentBack',
  'follow',
  'settle',
  'giveUp',
  'expire',
  'tellWaiting',
  'settleNotice',
  'ownerEnded',
];

type Triggered = TaskEventOf<'TaskTriggered'>['data'];

export type TaskCommand =
  | { readonly kind: 'create'; readonly task: TaskEventOf<'TaskCreated'>['data']; readonly now: number }
  | ({
      readonly kind: 'update';
      readonly taskId: number;
      readonly definition: TaskDefinition;
      readonly nameReservation: string;
      /** The definition from which the new one was made, and which is expected to be unchanged. Default: any. */
      readonly former?: TaskDefinition;
      /** The task's dependencies on which the change was decided, and which are expected to be unchanged. Default: any. */
      readonly dependsOn?: readonly number[];
    } & Moment)
  | ({ readonly kind: 'setStatus'; readonly taskId: number; readonly status: TaskStatus } & Moment)
  | { readonly kind: 'delete'; readonly taskId: number }
  | { readonly kind: 'ownerEnded'; readonly taskId: number; readonly end: OwnerEnd; readonly now: number }
  | ({ readonly kind: 'decideSlots'; readonly taskId: number } & Moment)
  | ({ readonly kind: 'backfill'; readonly taskId: number; readonly span: BackfillSpan } & Moment)
  /** Decides, in order, which runs to start after runs of other tasks have ended. */
  | ({ readonly kind: 'follow'; readonly taskId: number; readonly ends: readonly AwaitedEnd[] } & Pick<
      Moment,
      'permitted' | 'overQuota'
    >)
  | {
      readonly kind: 'trigger';
      readonly taskId: number;
      readonly permitted: boolean;
      readonly triggered: Omit<
        Triggered,
        'taskId' | 'run' | 'keptFrom' | 'attempts' | 'tenantId' | keyof StartBounds
      >;
    }
  | {
      readonly kind: 'settle';
      readonly taskId: number;
      readonly run: number;
      readonly trial: number;
      readonly became: Outcome | 'lost' | 'refused';
      readonly now: number;
      readonly seen?: SeenEnd;
    }
  | ({ readonly kind: 'settleNotice' } & SettledNotification)
  /** Notifies of a run that was not placed on a worker in time. */
  | ({ readonly kind: 'tellWaiting' } & WaitingRun)
  /** Sends a notification to try its URL. */
  | { readonly kind: 'testNotice'; readonly taskId: number }
  | {
      readonly kind: 'giveUp';
      readonly taskId: number;
      readonly run: number;
      readonly trial: number;
      readonly secret: SecretProblem;
      readonly now: number;
    }
  /** Ends a run that was not placed on a worker in time. */
  | { readonly kind: 'expire'; readonly taskId: number; readonly run: number; readonly now: number }
  | { readonly kind: 'cancel'; readonly taskId: number; readonly run: number; readonly now: number }
  | {
      readonly kind: 'clockWentBack';
      readonly taskId: number;
      readonly now: number;
      readonly toleranceMs: number;
    }
  | { readonly kind: 'dropRuns'; readonly taskId: number; readonly until: number };

/** Repeating a command that already took effect appends nothing. Throws the errors of `errors.ts`, or `MUSTER_E_INVALID` for an invalid timing. */
export const taskDecider: Decider<TaskCommand, TaskEvent, TaskState> = {
  initialState: { kind: 'absent' },
  decide,
  evolve: evolveTask,
};

function decide(command: TaskCommand, state: TaskState): readonly TaskEvent[] {
  const events = decideTask(command, state);
  return state.kind === 'present'
    ? [...events, ...decideNotifications(state, events, seenBy(command))]
    : events;
}

function seenBy(command: TaskCommand): SeenEnd | undefined {
  if (command.kind === 'giveUp')
    return { reason: reasonOf(command.secret), message: messageOf(command.secret) };
  if (command.kind === 'expire') return { reason: 'expired' };
  return command.kind === 'settle' ? command.seen : undefined;
}

function decideTask(command: TaskCommand, state: TaskState): readonly TaskEvent[] {
  if (command.kind === 'create') {
    if (state.kind !== 'absent') return [];
    checkTiming(command.task.definition.timing, command.now);
    return [{ type: 'TaskCreated', data: { ...command.task, timedFrom: command.now } }];
  }
  const { taskId } = command;
  if (command.kind === 'dropRuns') {
    const dropped = state.kind === 'absent' ? undefined : nextDrop(state.left, command.until);
    return dropped === undefined ? [] : [{ type: 'TaskRunsDropped', data: { taskId, ...dropped } }];
  }
  if (state.kind !== 'present') {
    if (BY_SAGA.includes(command.kind) || (command.kind === 'delete' && state.kind === 'deleted')) return [];
    throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
  }
  switch (command.kind) {
    case 'update':
      return update(command, state);
    case 'setStatus':
      return setStatus(command, state);
    case 'ownerEnded':
      return ownerEnded(command, state);
    case 'delete':
      return [{ type: 'TaskDeleted', data: { taskId } }];
    case 'decideSlots':
      return decideSlots(state, command);
    case 'clockWentBack':
      return isAhead(state, command.now, command.toleranceMs) ? decidedAgain(state, command.now) : [];
    case 'backfill':
      checkTriggerAllowed(state, command.permitted);
      return backfill(state, command.span, command.now);
    case 'follow':
      return decideDependencies(state, command.ends, command);
    case 'trigger':
      return [
        { type: 'TaskTriggered', data: { ...command.triggered, ...triggered(state, command.permitted) } },
      ];
    case 'settle':
      return afterHeldSlots(settle(command, state), state, command.now);
    case 'settleNotice':
      return settleNotification(state, command);
    case 'tellWaiting':
      return decideWaiting(state, command);
    case 'testNotice':
      return decideTest(state);
    case 'giveUp':
      return afterHeldSlots(giveUp(command, state), state, command.now);
    case 'expire':
      return afterHeldSlots(expire(command, state), state, command.now);
    case 'cancel':
      return afterHeldSlots(
        [
          {
            type: 'TaskRunsCancelled',
            data: { taskId, runs: [openRun(state, command.run).run], reason: 'requested' },
          },
        ],
        state,
        command.now,
      );
    default:
      return assertNever(command);
  }
}

function decidedAgain(
  { taskId, nameReservation, definition, keptFrom: kept }: PresentTask,
  now: number,
): readonly TaskEvent[] {
  return [
    { type: 'TaskUpdated', data: { taskId, nameReservation, definition, keptFrom: kept, timedFrom: now } },
  ];
}

function afterHeldSlots(ends: readonly TaskEvent[], state: PresentTask, now: number): readonly TaskEvent[] {
  const ended = ends.flatMap(({ type, data }) =>
    type === 'TaskRunEnded' ? [data.run] : type === 'TaskRunsCancelled' ? data.runs : [],
  );
  const reason = blockedBy(state.definition, state.runs.size);
  if (!state.held || reason === undefined || state.status !== 'active' || ended.length === 0) return ends;
  if (isAhead(state, now)) return [...decidedAgain(state, now), ...ends];
  return blockedBy(state.definition, state.runs.size - ended.length) === undefined
    ? [...skipUntil(state, now, reason), ...ends]
    : ends;
}

function update(
  {
    taskId,
    definition,
    nameReservation,
    former,
    dependsOn,
    ...moment
  }: Extract<TaskCommand, { kind: 'update' }>,
  state: PresentTask,
): readonly TaskEvent[] {
  const dependsNowOn = state.definition.after?.tasks ?? [];
  if (dependsOn !== undefined && JSON.stringify(dependsOn) !== JSON.stringify(dependsNowOn))
    throw new MusterError(taskErrors.MUSTER_E_TASK_DEPENDENCIES_CHANGING, { taskId });
  const present = JSON.stringify(state.definition);
  if (JSON.stringify(definition) === present) return [];
  if (former !== undefined && JSON.stringify(former) !== present)
    throw new MusterError(taskErrors.MUSTER_E_TASK_CHANGED, { taskId });
  const timed = JSON.stringify(definition.timing) !== JSON.stringify(state.definition.timing);
  if (timed) checkTiming(definition.timing, moment.now, state.definition.timing);
  // Slots that were due under the old timing may start a run.
  const decided = timed ? decidedUntilNow(state, moment) : [];
  const newest = decided.reduce(
    (run, { type, data }) => (type === 'TaskSlotDecided' && data.decision === 'run' ? data.run : run),
    state.newestRun,
  );
  const updated = {
    taskId,
    nameReservation,
    definition,
    keptFrom: oldestRetainedRun(definition, newest),
    ...((timed || isAhead(state, moment.now)) && { timedFrom: moment.now }),
  };
  return [...decided, { type: 'TaskUpdated', data: updated }];
}

function setStatus(
  { taskId, status, ...moment }: Extract<TaskCommand, { kind: 'setStatus' }>,
  state: PresentTask,
): readonly TaskEvent[] {
  if (state.status === status) return [];
  const changed: TaskEvent = { type: 'TaskStatusSet', data: { taskId, status } };
  return [
    ...(isAhead(state, moment.now) ? decidedAgain(state, moment.now) : decidedUntilNow(state, moment)),
    changed,
  ];
}

/** The task goes to the heir of its owner. Without an heir its runs are cancelled and it is paused, so that it can be activated later. */
function ownerEnded(
  { taskId, end: { how, userId, heir }, now }: Extract<TaskCommand, { kind: 'ownerEnded' }>,
  state: PresentTask,
): readonly TaskEvent[] {
  if (state.createdBy !== userId) return [];
  if (heir !== undefined)
    return [{ type: 'TaskOwnerChanged', data: { taskId, ownerId: heir, because: how } }];
  const runs = [...state.runs.keys()];
  const cancelled: readonly TaskEvent[] =
    runs.length === 0 ? [] : [{ type: 'TaskRunsCancelled', data: { taskId, runs, reason: 'owner_ended' } }];
  if (state.status !== 'active') return cancelled;
  const skipped = isAhead(state, now) ? decidedAgain(state, now) : skipUntil(state, now, 'not_permitted');
  return [
    ...skipped,
    ...cancelled,
    { type: 'TaskStatusSet', data: { taskId, status: 'paused', because: how } },
  ];
}

function decidedUntilNow(state: PresentTask, moment: Moment): readonly TaskEvent[] {
  if (state.status !== 'active') return skipUntil(state, moment.now, state.status);
  const blocked = state.held ? blockedBy(state.definition, state.runs.size) : undefined;
  return blocked === undefined ? decideSlots(state, moment) : skipUntil(state, moment.now, blocked);
}

function triggered(
  state: PresentTask,
  permitted: boolean,
): Pick<Triggered, 'taskId' | 'run' | 'keptFrom' | 'attempts' | 'tenantId' | keyof StartBounds> {
  const { taskId, tenantId, runs, newestRun, definition } = state;
  checkTriggerAllowed(state, permitted);
  if (runs.size >= MAX_OPEN_RUNS)
    throw new MusterError(taskErrors.MUSTER_E_TASK_TOO_MANY_RUNS, {
      taskId,
      waiting: runs.size,
      most: MAX_OPEN_RUNS,
    });
  const run = newestRun + 1;
  return {
    taskId,
    run,
    keptFrom: oldestRetainedRun(definition, run),
    attempts: definition.retryCount + 1,
    tenantId,
    ...boundsOf(definition, runs.size),
  };
}

function checkTriggerAllowed(
  { taskId, status, definition: { work } }: PresentTask,
  permitted: boolean,
): void {
  if (work.executor === 'conda') throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId });
  if (status === 'disabled') throw new MusterError(taskErrors.MUSTER_E_TASK_DISABLED, { taskId });
  if (!permitted) throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_PERMITTED, { taskId });
}

function settle(
  { taskId, run, trial, became, now, seen }: Extract<TaskCommand, { kind: 'settle' }>,
  { runs, tenantId }: PresentTask,
): readonly TaskEvent[] {
  const open = runs.get(run);
  if (open === undefined || startNumberOf(open) !== trial) return [];
  const { attempt, lost, definition } = open;
  const ended = (outcome: Outcome): readonly TaskEvent[] => [
    { type: 'TaskRunEnded', data: { taskId, run, outcome, tenantId, ...executionOf(open, seen) } },
  ];
  if (became === 'lost' || became === 'refused') {
    // A run that never started cannot run twice, so it may be repeated whatever the task's loss policy is.
    const mayRepeat = became === 'refused' || definition.onLost === 'retry';
    if (!mayRepeat || lost >= MAX_LOSSES) return ended('failed');
    const dueAt = became === 'refused' ? now + REFUSED_DELAY_MS : now;
    return [{ type: 'TaskRunRetried', data: { taskId, run, attempt, after: 'lost', dueAt } }];
  }
  if (became === 'success' || attempt > definition.retryCount) return ended(became);
  return [
    {
      type: 'TaskRunRetried',
      data: {
        taskId,
        run,
        attempt: attempt + 1,
        after: became,
        dueAt: now + retryDelay(definition, attempt),
      },
    },
  ];
}

function executionOf(
  { pin }: OpenRun,
  { startedAt, endedAt }: SeenEnd = {},
): Pick<TaskEventOf<'TaskRunEnded'>['data'], 'execution'> {
  if (pin === undefined) return {};
  return {
    execution: {
      environmentId: pin.environmentId,
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
    },
  };
}

function giveUp(
  { taskId, run, trial, secret }: Extract<TaskCommand, { kind: 'giveUp' }>,
  { runs, tenantId }: PresentTask,
): readonly TaskEvent[] {
  const open = runs.get(run);
  return open === undefined || startNumberOf(open) !== trial
    ? []
    : [{ type: 'TaskRunEnded', data: { taskId, run, outcome: 'failed', tenantId, secret } }];
}

function expire(
  { taskId, run, now }: Extract<TaskCommand, { kind: 'expire' }>,
  { runs, tenantId }: PresentTask,
): readonly TaskEvent[] {
  const open = runs.get(run);
  if (open?.expiresAt === undefined || now < open.expiresAt || startNumberOf(open) > 1) return [];
  return [
    {
      type: 'TaskRunEnded',
      data: { taskId, run, outcome: 'failed', tenantId, expired: true, ...executionOf(open, undefined) },
    },
  ];
}

function openRun({ taskId, runs, newestRun }: PresentTask, run: number): OpenRun {
  const open = runs.get(run);
  if (open !== undefined) return open;
  throw new MusterError(
    run > newestRun ? taskErrors.MUSTER_E_TASK_RUN_NOT_FOUND : taskErrors.MUSTER_E_TASK_RUN_ENDED,
    { taskId, run },
  );
}

/**
 * Checks that the timing is readable and fires at least once, and otherwise throws `MUSTER_E_INVALID`. `now` is in milliseconds since 1970. `former`: the
 * timing that it replaces, whose zone may remain.
 */
export function checkTiming(timing: Timing, now: number, former?: Timing): void {
  if (timing.timezone !== former?.timezone && !isZoneName(timing.timezone))
    throw new MusterError('MUSTER_E_INVALID', { field: 'timezone', problem: ZONE_PROBLEM });
  const schedule = scheduleOf(timing);
  if ('problem' in schedule) throw new MusterError('MUSTER_E_INVALID', { ...schedule });
  const fires = timing.pattern !== undefined || timing.runAt !== undefined;
  if (fires && nextSlot(schedule, now) === undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: timing.pattern === undefined ? 'runAt' : 'pattern',
      problem: 'never fires in the future',
    });
}
