import { MusterError } from '../../kernel/errors/index.js';
import type { SeenEnd, TaskEvent, TaskEventOf } from './events.js';
import {
  MAX_OPEN_NOTIFICATIONS,
  mostAttempts,
  notificationDelay,
  type Notify,
  type NotifyOn,
} from './notification.js';
import type { RunReason } from './reasons.js';
import { startNumberOf, type PresentTask } from './state.js';

type Decided = TaskEventOf<'TaskNoticeDecided'>['data'];
type Missed = Extract<Decided, { on: 'missed' }>['slots'];
type Cause = Decided extends infer Each
  ? Each extends Decided
    ? Omit<Each, 'taskId' | 'notice' | 'to'>
    : never
  : never;
/** A cause that a task's `notify.on` can name. */
type AskedCause = Exclude<Cause, { on: 'test' | 'waiting' }>;

/**
 * Returns the notifications for new events, to be appended together with them. `seen` describes a run that ended. Missed slots cause one
 * notification, however many events record them.
 */
export function decideNotifications(
  task: PresentTask,
  events: readonly TaskEvent[],
  seen: SeenEnd | undefined,
): readonly TaskEvent[] {
  const { notify } = task.definition;
  if (notify === undefined) return [];
  const causes = [...endsIn(task, events, seen), ...missedIn(events)].flatMap((cause) => {
    const on = wordOf(cause.on, task.failing, notify.on);
    return on === undefined ? [] : [{ ...cause, on } as Cause];
  });
  return notificationsOf(task, notify, causes);
}

/** Returns a notification that someone asked for. Throws `MUSTER_E_INVALID` if the task has no recipient. */
export function decideTest(task: PresentTask): readonly TaskEvent[] {
  const { notify } = task.definition;
  if (notify === undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'notify',
      problem: 'is not set, so the task has no URL to which it could send a notification',
    });
  return notificationsOf(task, notify, [{ on: 'test' }]);
}

/** A run that was not placed on a worker in time. `now` is in milliseconds since 1970. */
export interface WaitingRun {
  readonly taskId: number;
  readonly run: number;
  readonly now: number;
  /** What it is waiting for. */
  readonly reason?: RunReason;
}

/** Returns the notification that a run waits, at most one for each run. Its recipient is that of the task, or of the run if the task has none any more. */
export function decideWaiting(task: PresentTask, { run, now, reason }: WaitingRun): readonly TaskEvent[] {
  const open = task.runs.get(run);
  if (open?.noticeAt === undefined || now < open.noticeAt || startNumberOf(open) > 1) return [];
  const notify = task.definition.notify ?? open.definition.notify;
  if (notify === undefined) return [];
  const { trigger, slot, dueAt } = open;
  const waits = { run, trigger, slot, since: dueAt, ...(reason !== undefined && { reason }) };
  return notificationsOf(task, notify, [{ on: 'waiting', waits }]);
}

function notificationsOf(task: PresentTask, { to }: Notify, causes: readonly Cause[]): readonly TaskEvent[] {
  const { taskId, newestNotice } = task;
  const decided = causes.map((cause, index): TaskEvent => {
    return {
      type: 'TaskNoticeDecided',
      data: { taskId, notice: newestNotice + 1 + index, to, ...cause },
    };
  });
  return [...dropped(task, decided.length), ...decided];
}

function wordOf(on: NotifyOn, failing: boolean, asked: readonly NotifyOn[]): NotifyOn | undefined {
  if (on === 'success' && failing && asked.includes('recovery')) return 'recovery';
  return asked.includes(on) ? on : undefined;
}

function endsIn(
  { runs }: PresentTask,
  events: readonly TaskEvent[],
  seen: SeenEnd | undefined,
): readonly AskedCause[] {
  return events.flatMap((event) => {
    const open = event.type === 'TaskRunEnded' ? runs.get(event.data.run) : undefined;
    if (event.type !== 'TaskRunEnded' || open === undefined) return [];
    const { run, outcome } = event.data;
    const { trigger, slot, attempt } = open;
    return [
      {
        on: outcome === 'success' ? 'success' : 'failure',
        run: { run, outcome, trigger, slot, attempt, ...seen },
      },
    ];
  });
}

function missedIn(events: readonly TaskEvent[]): readonly AskedCause[] {
  const spans = events.flatMap(({ type, data }): Missed[] =>
    type === 'TaskSlotDecided' && data.decision === 'skipped' && data.reason === 'missed'
      ? [{ slot: data.slot, until: data.until, count: data.count }]
      : [],
  );
  const [first, ...more] = spans;
  if (first === undefined) return [];
  const slots = more.reduce(
    (span, { until, count }) => ({
      ...span,
      until,
      count: span.count === null || count === null ? null : span.count + count,
    }),
    first,
  );
  return [{ on: 'missed', slots }];
}

function dropped({ taskId, notices }: PresentTask, coming: number): readonly TaskEvent[] {
  const surplus = Math.max(0, notices.size + coming - MAX_OPEN_NOTIFICATIONS);
  return [...notices.keys()]
    .slice(0, surplus)
    .map((notice) => ({ type: 'TaskNoticeEnded', data: { taskId, notice, outcome: 'dropped' } }));
}

/** Outcome of one attempt of a notification. Ignored if that attempt is already over. `now` is in milliseconds since 1970. */
export interface SettledNotification {
  readonly taskId: number;
  readonly notice: number;
  readonly attempt: number;
  readonly became: 'delivered' | 'failed';
  readonly now: number;
}

export function settleNotification(
  { notices }: PresentTask,
  { taskId, notice, attempt, became, now }: SettledNotification,
): readonly TaskEvent[] {
  const open = notices.get(notice);
  if (open?.attempt !== attempt) return [];
  if (became === 'delivered' || attempt >= mostAttempts(open.decided))
    return [{ type: 'TaskNoticeEnded', data: { taskId, notice, outcome: became } }];
  return [
    {
      type: 'TaskNoticeRetried',
      data: { taskId, notice, attempt: attempt + 1, dueAt: now + notificationDelay(attempt) },
    },
  ];
}
