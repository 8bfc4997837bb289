import { userEvents } from '#domain/accounts/user/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { DUE_IMMEDIATELY, dueValue } from '#domain/work/due.js';
import { ownerEndOf, type OwnerEnd } from '#domain/work/owner-end.js';
import { blockedBy } from '#domain/tasks/task/concurrency.js';
import { CLOCK_TOLERANCE_MS, timedFrom, type ClockWentBack } from '#domain/tasks/task/state.js';
import { nextSlots } from '#domain/tasks/task/slot-decision.js';
import { taskEvents, type Outcome, type TaskEventOf, type TaskStatus } from '#domain/tasks/task/events.js';
import { withRan, type RanSpan } from '#domain/tasks/task/ran-spans.js';
import type { TaskDefinition } from '#domain/tasks/task/definition.js';
import { withZoneData } from '#domain/tasks/schedule/zone.js';
import { projection } from '#domain/kernel/projection.js';

export interface EndedRun {
  readonly run: number;
  readonly outcome: Outcome | 'cancelled';
  readonly at: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/**
 * `tasks`, id = task number. Indexes: `due` (time of the next slot to decide, unless it is waiting for runs to end; or at once, if its owner has ended
 * and it was not ended or handed over yet), `surface`, `owner`. Tasks surface only:
 * `tenant`, `status`, `tenantStatus`. Conda only: `condaTenant`, `condaLiving` (the tenant, while runs exist or may follow), `condaStanding` (tenant
 * and {@link CondaTaskState}), `environment`.
 */
export interface TaskDocument {
  readonly taskId: number;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly definition: TaskDefinition;
  readonly status: TaskStatus;
  readonly decidedUntil: number;
  /** Milliseconds since the epoch. Null if there is none, or if the task is inactive. */
  readonly nextSlot: number | null;
  readonly ran: readonly RanSpan[];
  readonly held: boolean;
  /** When the clock was last found to have been set back. Absent if it never was. */
  readonly clockWentBack?: ClockWentBack;
  readonly newestRun: number;
  readonly keptFrom: number;
  readonly unfinished: number;
  readonly lastRun: EndedRun | null;
  /** The end of its owner's account, until the task is ended or handed over. */
  readonly ownerEnd?: OwnerEnd;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const EVENTS = {
  ...only(taskEvents, 'TaskCreated', 'TaskUpdated', 'TaskStatusSet', 'TaskOwnerChanged', 'TaskDeleted'),
  ...only(taskEvents, 'TaskSlotDecided', 'TaskChainDecided', 'TaskBackfilled', 'TaskTriggered'),
  ...only(taskEvents, 'TaskRunEnded', 'TaskRunsCancelled'),
  ...only(userEvents, 'UserErased', 'UserDeactivated'),
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

export const tasks = projection<TaskDocument, typeof EVENTS>({
  name: 'tasks',
  version: withZoneData(10),
  events: EVENTS,
  indexes: {
    surface: (task) => (isConda(task) ? 'conda' : 'tasks'),
    tenant: (task) => (isConda(task) ? undefined : task.tenantId),
    status: (task) => (isConda(task) ? undefined : task.status),
    tenantStatus: (task) => (isConda(task) ? undefined : tenantStatus(task.tenantId, task.status)),
    condaTenant: (task) => (isConda(task) ? task.tenantId : undefined),
    condaStanding: (task) =>
      isConda(task) ? condaTaskStateValue(task.tenantId, condaStanding(task)) : undefined,
    condaLiving: (task) =>
      isConda(task) && (task.unfinished > 0 || task.nextSlot !== null) ? task.tenantId : undefined,
    environment: ({ definition: { work } }) => (work.executor === 'conda' ? work.environmentId : undefined),
    owner: ({ createdBy }) => createdBy,
    due: (task) => dueValue(taskDueAt(task)),
  },
  touches: ({ type, data }) => {
    if (type === 'UserErased' || type === 'UserDeactivated') return [{ where: 'owner', equals: data.userId }];
    return [String(data.taskId)];
  },
  evolve: (task, event) => {
    if (event.type === 'TaskCreated') return timed(created(event));
    const next = task && changed(task, event);
    return next?.ownerEnd !== undefined && !hasToEnd(next, next.ownerEnd) ? withoutOwnerEnd(next) : next;
  },
});

/** When the next slot is to be decided, or the end of the owner's account is to be carried out, in milliseconds since the epoch. */
export function taskDueAt({ ownerEnd, nextSlot, held }: TaskDocument): number | undefined {
  if (ownerEnd !== undefined) return DUE_IMMEDIATELY;
  return held ? undefined : (nextSlot ?? undefined);
}

/** Whether the end of an account still has to be carried out. A paused task without runs has nothing to end. */
function hasToEnd({ createdBy, status, unfinished }: TaskDocument, { userId, heir }: OwnerEnd): boolean {
  return createdBy === userId && (heir !== undefined || status === 'active' || unfinished > 0);
}

function withoutOwnerEnd({ ownerEnd: _ended, ...task }: TaskDocument): TaskDocument {
  return task;
}

export function tenantStatus(tenantId: string, status: TaskStatus): string {
  return `${tenantId} ${status}`;
}

export function isConda({ definition: { work } }: Pick<TaskDocument, 'definition'>): boolean {
  return work.executor === 'conda';
}

/** `open`: a run is unfinished, or none has started. Otherwise the last outcome. `never`: the task's only slot passed without a run. */
export type CondaTaskState = 'open' | 'success' | 'failed' | 'timeout' | 'cancelled' | 'never';

export function condaStanding({ unfinished, lastRun, nextSlot, newestRun }: TaskDocument): CondaTaskState {
  if (unfinished > 0) return 'open';
  if (lastRun !== null) return lastRun.outcome;
  return nextSlot === null && newestRun === 0 ? 'never' : 'open';
}

export function condaTaskStateValue(tenantId: string, standing: CondaTaskState): string {
  return `${tenantId} ${standing}`;
}

function created(event: EventOf<'TaskCreated'>): TaskDocument {
  const { taskId, tenantId, createdBy, definition } = event.data;
  const { at } = event.metadata;
  return {
    taskId,
    tenantId,
    createdBy,
    definition,
    status: 'active',
    decidedUntil: timedFrom(event),
    nextSlot: null,
    ran: [],
    held: false,
    newestRun: 0,
    keptFrom: 1,
    unfinished: 0,
    lastRun: null,
    createdAt: at,
    updatedAt: at,
  };
}

function changed(task: TaskDocument, event: Event): TaskDocument | undefined {
  const { type, data } = event;
  const { at } = event.metadata;
  switch (type) {
    case 'TaskUpdated':
      return timed({
        ...task,
        ...retimed(task, event),
        definition: data.definition,
        keptFrom: Math.max(task.keptFrom, data.keptFrom),
        updatedAt: at,
      });
    case 'TaskStatusSet':
      return timed({ ...task, status: data.status, updatedAt: at });
    case 'TaskOwnerChanged':
      return { ...task, createdBy: data.ownerId, updatedAt: at };
    case 'UserErased':
    case 'UserDeactivated':
      return { ...task, ownerEnd: ownerEndOf(event) };
    case 'TaskDeleted':
      return undefined;
    case 'TaskSlotDecided':
      if (data.decision === 'skipped')
        return timed({
          ...task,
          decidedUntil: Math.max(task.decidedUntil, data.until),
          held: blockedBy(task.definition, task.unfinished) === data.reason,
        });
      return timed({
        ...begun(task, data),
        ran: withRan(task.ran, { after: Math.min(task.decidedUntil, data.slot - 1), until: data.slot }),
        decidedUntil: Math.max(task.decidedUntil, data.slot),
      });
    case 'TaskBackfilled':
      return begun(task, data, data.slots.length);
    case 'TaskChainDecided':
      return data.decision === 'skipped' ? task : begun(task, data);
    case 'TaskTriggered':
      return begun(task, data);
    case 'TaskRunEnded':
      return {
        ...ended(task, 1),
        lastRun: { run: data.run, outcome: data.outcome, at, ...timesOf(data.execution) },
      };
    case 'TaskRunsCancelled':
      return {
        ...ended(task, data.runs.length),
        lastRun: { run: Math.max(...data.runs), outcome: 'cancelled', at },
      };
    default:
      return task;
  }
}

function timesOf(execution: TaskEventOf<'TaskRunEnded'>['data']['execution']): Partial<EndedRun> {
  const { startedAt, endedAt } = execution ?? {};
  return {
    ...(startedAt !== undefined && { startedAt: startedAt * 1000 }),
    ...(endedAt !== undefined && { endedAt: endedAt * 1000 }),
  };
}

function begun(
  task: TaskDocument,
  { run, keptFrom }: { readonly run: number; readonly keptFrom: number },
  count = 1,
): TaskDocument {
  const numbers = {
    newestRun: Math.max(task.newestRun, run + count - 1),
    keptFrom: Math.max(task.keptFrom, keptFrom),
  };
  return { ...task, ...numbers, unfinished: task.unfinished + count };
}

function ended(task: TaskDocument, count: number): TaskDocument {
  const unfinished = task.unfinished - count;
  return { ...task, unfinished, held: task.held && blockedBy(task.definition, unfinished) !== undefined };
}

function retimed(task: TaskDocument, event: EventOf<'TaskUpdated'>): Partial<TaskDocument> {
  const anew = JSON.stringify(event.data.definition.timing) !== JSON.stringify(task.definition.timing);
  if (!anew && event.data.timedFrom === undefined) return {};
  const at = timedFrom(event);
  const wentBack = !anew || task.decidedUntil > at + CLOCK_TOLERANCE_MS;
  return {
    decidedUntil: anew && !wentBack ? Math.max(task.decidedUntil, at) : Math.min(task.decidedUntil, at),
    held: false,
    ...(anew && { ran: [] }),
    ...(wentBack && { clockWentBack: { at, decidedUntil: task.decidedUntil } }),
  };
}

function timed(task: TaskDocument): TaskDocument {
  return { ...task, nextSlot: nextSlots(task, 1)[0] ?? null };
}
