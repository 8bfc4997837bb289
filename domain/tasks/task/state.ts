import { assertNever } from '../../kernel/errors/index.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import type { EndPosition } from './dependencies.js';
import { blockedBy } from './concurrency.js';
import { withSpan, type DecidedSpan } from './decided-spans.js';
import type { TaskDefinition, Timing } from './definition.js';
import { runsToDrop, remainingRunsToDrop, type RunsToDrop } from './run-retention.js';
import type { Pin } from '../../environments/environment/pin.js';
import { withRan, type RanSpan } from './ran-spans.js';
import { movedUp, startOf, withoutNotice, type RunStart } from './start-bounds.js';
import type { References } from './references.js';
import type { RunParameters, RunTrigger, TaskEvent, TaskEventOf, TaskStatus } from './events.js';

export interface OpenRun extends RunStart {
  readonly run: number;
  readonly trigger: RunTrigger;
  readonly slot: number | null;
  readonly attempt: number;
  readonly lost: number;
  readonly dueAt: number;
  readonly definition: TaskDefinition;
  readonly definedAt: number;
  readonly sealedEnvironment?: string;
  /** Revision of the task's event that holds `sealedEnvironment`. */
  readonly environmentAt?: number;
  readonly arguments?: number;
  readonly references?: References;
  readonly pin?: Pin;
}

/** Counts attempts and losses together, starting at 1. The run's job is updated for each. */
export function startNumberOf({
  attempt,
  lost,
}: {
  readonly attempt: number;
  readonly lost: number;
}): number {
  return attempt + lost;
}

export interface ClockWentBack {
  readonly at: number;
  readonly decidedUntil: number;
}

export interface OpenNotification {
  readonly decided: TaskEventOf<'TaskNoticeDecided'>['data'];
  readonly decidedAt: number;
  readonly attempt: number;
}

export interface PresentTask {
  readonly kind: 'present';
  readonly taskId: number;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly nameReservation: string;
  readonly definition: TaskDefinition;
  readonly definedAt: number;
  readonly status: TaskStatus;
  readonly decidedUntil: number;
  readonly timedAt: number;
  readonly decided: readonly DecidedSpan[];
  readonly ran: readonly RanSpan[];
  readonly held: boolean;
  readonly clockWentBack: ClockWentBack | null;
  readonly newestRun: number;
  readonly keptFrom: number;
  readonly left: RunsToDrop | null;
  readonly runs: ReadonlyMap<number, OpenRun>;
  readonly followed: ReadonlyMap<number, EndPosition>;
  readonly failing: boolean;
  readonly newestNotice: number;
  readonly notices: ReadonlyMap<number, OpenNotification>;
}

export interface DeletedTask {
  readonly kind: 'deleted';
  readonly nameReservation: string;
  readonly left: RunsToDrop | null;
}

export type TaskState = { readonly kind: 'absent' } | PresentTask | DeletedTask;

export function evolveTask(state: TaskState, event: Recorded<TaskEvent>): TaskState {
  if (event.type === 'TaskCreated') return created(event);
  if (event.type === 'TaskRunsDropped')
    return state.kind === 'absent'
      ? state
      : { ...state, left: remainingRunsToDrop(state.left, event.data.until) };
  if (state.kind !== 'present') return state;
  switch (event.type) {
    case 'TaskUpdated': {
      const { definition, nameReservation, keptFrom } = event.data;
      const timed = JSON.stringify(definition.timing) !== JSON.stringify(state.definition.timing);
      const kept = { keptFrom: Math.max(state.keptFrom, keptFrom), left: runsToDrop(state, keptFrom - 1) };
      const runs = corrected(state.runs, event);
      const next = { ...state, ...kept, runs, definition, definedAt: event.revision, nameReservation };
      if (timed) return timedAnew(next, state.definition.timing, timedFrom(event));
      return event.data.timedFrom === undefined ? next : decidedAgain(next, event.data.timedFrom);
    }
    case 'TaskStatusSet':
      return { ...state, status: event.data.status };
    case 'TaskOwnerChanged':
      return { ...state, createdBy: event.data.ownerId };
    case 'TaskDeleted':
      return {
        kind: 'deleted',
        nameReservation: state.nameReservation,
        left: runsToDrop(state, state.newestRun),
      };
    case 'TaskSlotDecided': {
      const { data } = event;
      if (data.decision === 'skipped')
        return {
          ...state,
          decidedUntil: Math.max(state.decidedUntil, data.until),
          held: blockedBy(state.definition, state.runs.size) === data.reason,
        };
      const begun = begin(state, data.keptFrom, {
        run: data.run,
        trigger: 'schedule',
        slot: data.slot,
        dueAt: data.dueAt,
        ...(data.pin && { pin: data.pin }),
        ...startOf(data, data.dueAt),
      });
      const ran = withRan(state.ran, {
        after: Math.min(state.decidedUntil, data.slot - 1),
        until: data.slot,
      });
      return { ...begun, ran, decidedUntil: Math.max(state.decidedUntil, data.slot) };
    }
    case 'TaskBackfilled': {
      const { data, metadata } = event;
      const filled = { after: data.from - 1, until: data.until, timing: state.definition.timing };
      const next: PresentTask = { ...state, decided: withSpan(state.decided, filled) };
      return data.slots.reduce(
        (task, slot, index) =>
          begin(task, data.keptFrom, {
            run: data.run + index,
            trigger: 'backfill',
            slot,
            dueAt: metadata.at,
            ...startOf(data, metadata.at, index),
          }),
        next,
      );
    }
    case 'TaskChainDecided': {
      const { data, metadata } = event;
      const { revision, run, taskId } = data.after;
      const followed = new Map(state.followed).set(taskId, { revision, run });
      const next = { ...state, followed };
      return data.decision === 'skipped'
        ? next
        : begin(next, data.keptFrom, {
            run: data.run,
            trigger: 'after',
            slot: null,
            dueAt: metadata.at,
            ...startOf(data, metadata.at),
          });
    }
    case 'TaskTriggered': {
      const { run, trigger, keptFrom } = event.data;
      const own = {
        ...parametersOf(event.data),
        ...startOf(event.data, event.metadata.at),
        ...(event.data.sealedEnvironment !== undefined && { environmentAt: event.revision }),
      };
      return begin(state, keptFrom, { run, trigger, slot: null, dueAt: event.metadata.at, ...own });
    }
    case 'TaskRunRetried': {
      const { run, attempt, after, dueAt } = event.data;
      const before = state.runs.get(run);
      if (before === undefined) return state;
      return {
        ...state,
        runs: new Map(state.runs).set(run, {
          ...before,
          attempt,
          dueAt,
          lost: before.lost + (after === 'lost' ? 1 : 0),
        }),
      };
    }
    case 'TaskRunEnded':
      return { ...without(state, [event.data.run]), failing: event.data.outcome !== 'success' };
    case 'TaskRunsCancelled':
      return without(state, event.data.runs);
    case 'TaskNoticeDecided':
    case 'TaskNoticeRetried':
    case 'TaskNoticeEnded':
      return noticed(state, event);
    default:
      return assertNever(event);
  }
}

/**
 * Gives the new definition to runs that wait for their next attempt. A run whose current attempt may have begun keeps its own, and so does a conda run,
 * which is pinned to a generation of its environment.
 */
function corrected(
  runs: PresentTask['runs'],
  { data: { definition }, metadata: { at }, revision }: Recorded<TaskEventOf<'TaskUpdated'>>,
): PresentTask['runs'] {
  const entries = [...runs].map(([number, run]) => {
    const waits = startNumberOf(run) > 1 && run.dueAt > at && run.pin === undefined;
    return [number, waits ? { ...run, definition, definedAt: revision } : run] as const;
  });
  return new Map(entries);
}

export function timedFrom({ data, metadata }: Recorded<TaskEventOf<'TaskCreated' | 'TaskUpdated'>>): number {
  return data.timedFrom ?? metadata.at;
}

function created(event: Recorded<TaskEventOf<'TaskCreated'>>): PresentTask {
  const { taskId, tenantId, createdBy, nameReservation, definition } = event.data;
  const fixed = { taskId, tenantId, createdBy, nameReservation, definition, definedAt: event.revision };
  const from = timedFrom(event);
  return {
    kind: 'present',
    ...fixed,
    status: 'active',
    decidedUntil: from,
    timedAt: from,
    decided: [],
    ran: [],
    held: false,
    clockWentBack: null,
    newestRun: 0,
    keptFrom: 1,
    left: null,
    runs: new Map(),
    followed: new Map(),
    failing: false,
    newestNotice: 0,
    notices: new Map(),
  };
}

/** Allowed difference between servers' clocks. Decisions further ahead were made by a server whose clock was wrong. */
export const CLOCK_TOLERANCE_MS = 60_000;

function timedAnew(state: PresentTask, timing: Timing, at: number): PresentTask {
  const wentBack = state.decidedUntil > at + CLOCK_TOLERANCE_MS;
  const until = wentBack ? at : Math.max(state.decidedUntil, at);
  const decided = withSpan(state.decided, {
    after: Math.min(state.timedAt, until),
    until: Math.max(until, state.decidedUntil),
    timing,
  });
  const clockWentBack = wentBack ? { at, decidedUntil: state.decidedUntil } : state.clockWentBack;
  return { ...state, decidedUntil: until, timedAt: until, decided, ran: [], held: false, clockWentBack };
}

function decidedAgain(state: PresentTask, at: number): PresentTask {
  const clockWentBack = { at, decidedUntil: state.decidedUntil };
  return {
    ...state,
    decidedUntil: Math.min(state.decidedUntil, at),
    timedAt: Math.min(state.timedAt, at),
    held: false,
    clockWentBack,
  };
}

export function parametersOf({
  sealedEnvironment,
  arguments: words,
  references,
}: RunParameters): Pick<OpenRun, keyof RunParameters> {
  return {
    ...(sealedEnvironment !== undefined && { sealedEnvironment }),
    ...(words !== undefined && { arguments: words }),
    ...(references !== undefined && { references }),
  };
}

function begin(
  state: PresentTask,
  keptFrom: number,
  run: Omit<OpenRun, 'attempt' | 'lost' | 'definition' | 'definedAt'>,
): PresentTask {
  const open: OpenRun = {
    attempt: 1,
    lost: 0,
    definition: state.definition,
    definedAt: state.definedAt,
    ...run,
  };
  const numbers = {
    newestRun: Math.max(state.newestRun, run.run),
    keptFrom: Math.max(state.keptFrom, keptFrom),
  };
  return { ...state, ...numbers, runs: new Map(state.runs).set(run.run, open) };
}

function noticed(
  state: PresentTask,
  event:
    | Recorded<TaskEventOf<'TaskNoticeDecided'>>
    | Recorded<TaskEventOf<'TaskNoticeRetried'>>
    | Recorded<TaskEventOf<'TaskNoticeEnded'>>,
): PresentTask {
  const { notice } = event.data;
  const notices = new Map(state.notices);
  const open = notices.get(notice);
  if (event.type === 'TaskNoticeDecided')
    notices.set(notice, { decided: event.data, decidedAt: event.metadata.at, attempt: 1 });
  else if (event.type === 'TaskNoticeEnded') notices.delete(notice);
  else if (open !== undefined) notices.set(notice, { ...open, attempt: event.data.attempt });
  return {
    ...state,
    notices,
    newestNotice: Math.max(state.newestNotice, notice),
    ...(event.type === 'TaskNoticeDecided' &&
      event.data.on === 'waiting' && { runs: withoutNoticeOf(state.runs, event.data.waits.run) }),
  };
}

function withoutNoticeOf(runs: PresentTask['runs'], run: number): PresentTask['runs'] {
  const open = runs.get(run);
  return open === undefined ? runs : new Map(runs).set(run, withoutNotice(open));
}

function without(state: PresentTask, ended: readonly number[]): PresentTask {
  const left = [...state.runs].filter(([run]) => !ended.includes(run));
  const runs = new Map(left.map(([number, run]) => [number, movedUp(run, ended)]));
  return { ...state, runs, held: state.held && blockedBy(state.definition, runs.size) !== undefined };
}
