import type { Pin } from '#domain/environments/environment/pin.js';
import {
  isOneOf,
  only,
  type AnyEvent,
  type EventMetadata,
  type Recorded,
  type RecordedOf,
} from '#domain/kernel/event/index.js';
import { dueValue, evolveWork, MAX_RETAINED_JOBS, NO_WORK, WORK_EVENTS } from '#domain/work/index.js';
import {
  isQueued,
  jobIdOf,
  messageOfSlot,
  movedUp,
  newestSlot,
  nextStep,
  parametersOf,
  runOf,
  runStatus,
  startOf,
  withoutNotice,
  taskEvents,
  taskOf,
  type CancelReason,
  type RunParameters,
  type RunTrigger,
  type RunProgress,
} from '#domain/tasks/task/index.js';
import { projection, type Touch } from '#domain/kernel/projection.js';

/** Who created a run, as the metadata of the event record it. */
export interface RunCreator {
  readonly actor: string;
  readonly apiKey?: string;
}

export interface StartedBy {
  readonly taskId: number;
  readonly run: number;
}

/** A finished attempt that was followed by another attempt. Times are Unix seconds. */
export interface FormerAttempt {
  readonly attempt: number;
  readonly after: 'failed' | 'timeout' | 'lost';
  readonly nodeId: string | null;
  /** Null if the attempt was never placed. */
  readonly allocationId: string | null;
  /** Revision of the node's event that holds the end of the output. Absent if none was stored. */
  readonly resultAt?: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  readonly message: string | null;
}

/**
 * `taskRuns`, id = id of the run's job. Indexes: `standing` (the task, while the run is unfinished or its job exists), `status` (task and status of
 * an unfinished run), `older` (the task of an unfinished run that is older than the retained ones), `running` (the tenant, while it runs); for conda
 * instead `condaRunning`, and `executions` (the tenant); `due` (the next step is due); `queued` (the task, while
 * the run waits for earlier ones). Other runs without a job are not in any index, because a task
 * may retain a million. Times are in milliseconds since the epoch.
 */
export interface TaskRunDocument extends RunProgress {
  readonly tenantId?: string;
  readonly trigger: RunTrigger;
  readonly slot: number | null;
  readonly repeats: number | null;
  /** The run of another task whose end started this run. Absent if there is none. */
  readonly after?: StartedBy;
  /** Absent if the schedule or the end of another run created the run. */
  readonly by?: RunCreator;
  readonly pin?: Pin;
  readonly parameters?: RunParameters;
  readonly attempts: number;
  readonly cancelReason: CancelReason | null;
  readonly former: readonly FormerAttempt[];
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly dropped: boolean;
}

/** The events that can start runs. */
export const BEGINNINGS = only(
  taskEvents,
  'TaskSlotDecided',
  'TaskChainDecided',
  'TaskBackfilled',
  'TaskTriggered',
);
const EVENTS = {
  ...BEGINNINGS,
  ...only(taskEvents, 'TaskUpdated', 'TaskDeleted', 'TaskRunsDropped', 'TaskRunRetried'),
  ...only(taskEvents, 'TaskRunEnded', 'TaskRunsCancelled', 'TaskNoticeDecided'),
  ...WORK_EVENTS,
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** A task retains as many runs as its definition specifies, and the jobs of the newest ones. `taskRunBlocks` serves lists. */
export const taskRuns = projection<TaskRunDocument, typeof EVENTS>({
  name: 'taskRuns',
  version: 12,
  events: EVENTS,
  indexes: {
    standing: (run) => (isStanding(run) ? String(run.taskId) : undefined),
    status: (run) => (run.ended === null ? statusValue(run.taskId, runStatus(run)) : undefined),
    older: ({ taskId, dropped, ended }) => (dropped && ended === null ? String(taskId) : undefined),
    running: (run) =>
      run.pin === undefined && runStatus(run) === 'running' ? (run.tenantId ?? '') : undefined,
    condaRunning: (run) => (run.pin !== undefined && runStatus(run) === 'running' ? run.tenantId : undefined),
    executions: (run) => (run.pin === undefined ? undefined : run.tenantId),
    due: (run) => dueValue(nextStep(run)?.at),
    queued: (run) => (run.ended === null && isQueued(run) ? String(run.taskId) : undefined),
  },
  touches,
  evolve: (run, event, id) => {
    const next = run === undefined ? begun(event, id) : changed(run, event, id);
    return next !== undefined && isGone(next) ? undefined : next;
  },
});

export function statusValue(taskId: number, status: string): string {
  return `${taskId} ${status}`;
}

function touches(event: Event): readonly Touch[] {
  switch (event.type) {
    case 'TaskUpdated':
      return event.data.keptFrom > 1 ? [{ where: 'standing', equals: String(event.data.taskId) }] : [];
    case 'TaskDeleted':
      return [{ where: 'standing', equals: String(event.data.taskId) }];
    case 'TaskRunsDropped': {
      const { taskId, from, until } = event.data;
      return Array.from({ length: until + 1 - from }, (_, index) => jobIdOf(taskId, from + index));
    }
    case 'TaskSlotDecided':
    case 'TaskChainDecided':
    case 'TaskBackfilled':
    case 'TaskTriggered':
      return touchedByBegin(beginning(event));
    case 'TaskRunRetried':
      return [jobIdOf(event.data.taskId, event.data.run)];
    case 'TaskNoticeDecided':
      return event.data.on === 'waiting' ? [jobIdOf(event.data.taskId, event.data.waits.run)] : [];
    case 'TaskRunEnded':
    case 'TaskRunsCancelled': {
      const { taskId } = event.data;
      return [
        ...endedIn(event).map((run) => jobIdOf(taskId, run)),
        { where: 'queued', equals: String(taskId) },
      ];
    }
    default:
      return runOf(event.data.jobId) === undefined ? [] : [event.data.jobId];
  }
}

function endedIn({ type, data }: EventOf<'TaskRunEnded' | 'TaskRunsCancelled'>): readonly number[] {
  return type === 'TaskRunEnded' ? [data.run] : data.runs;
}

function touchedByBegin(begin: ReturnType<typeof beginning>): string[] {
  if (begin === undefined) return [];
  const { keptFrom, begins, slots } = begin;
  const { taskId, run } = begins;
  const begun = slots.map((_, index) => run + index);
  const touched = [
    ...begun,
    ...begun.map((each) => each - MAX_RETAINED_JOBS),
    ...slots.map((_, index) => keptFrom - 1 - index),
  ];
  return [...new Set(touched)].filter((each) => each > 0).map((each) => jobIdOf(taskId, each));
}

/** Returns the first run that an event starts, and the slot of each run. Undefined if the event starts no run. */
export function beginning(event: Recorded<AnyEvent>) {
  if (!isOneOf(BEGINNINGS, event)) return undefined;
  const { type, data, metadata } = event;
  const { at } = metadata;
  if (type === 'TaskTriggered') {
    const { taskId, run, keptFrom, attempts, trigger, repeats = null } = data;
    const parameters = parametersOf(data);
    return {
      keptFrom,
      slots: [null],
      begins: {
        taskId,
        run,
        attempts,
        trigger,
        slot: null,
        repeats,
        dueAt: at,
        ...(Object.keys(parameters).length > 0 && { parameters }),
        ...creatorOf(metadata),
        ...startOf(data, at),
      },
    };
  }
  if (type === 'TaskChainDecided' && data.decision === 'run') {
    const { taskId, run, keptFrom, attempts, after } = data;
    const by = { taskId: after.taskId, run: after.run };
    return {
      keptFrom,
      slots: [null],
      begins: {
        taskId,
        run,
        attempts,
        trigger: 'after' as const,
        slot: null,
        repeats: null,
        after: by,
        dueAt: at,
        ...startOf(data, at),
      },
    };
  }
  if (type === 'TaskBackfilled') {
    const { taskId, run, keptFrom, attempts, slots } = data;
    return {
      keptFrom,
      slots,
      begins: {
        taskId,
        run,
        attempts,
        trigger: 'backfill' as const,
        slot: null,
        repeats: null,
        dueAt: at,
        ...creatorOf(metadata),
        ...startOf(data, at),
      },
    };
  }
  if (type !== 'TaskSlotDecided' || data.decision !== 'run') return undefined;
  const { taskId, run, keptFrom, attempts, slot, dueAt, pin } = data;
  return {
    keptFrom,
    slots: [slot],
    begins: {
      taskId,
      run,
      attempts,
      trigger: 'schedule' as const,
      slot,
      repeats: null,
      dueAt,
      ...(pin && { pin }),
      ...startOf(data, dueAt),
    },
  };
}

export function creatorOf({ actor, apiKey }: EventMetadata): { readonly by?: RunCreator } {
  return actor === undefined ? {} : { by: { actor, ...(apiKey !== undefined && { apiKey }) } };
}

function begun(event: Event, id: string): TaskRunDocument | undefined {
  const begin = beginning(event);
  const run = runOf(id)?.run;
  if (begin === undefined || run === undefined || jobIdOf(begin.begins.taskId, run) !== id) return undefined;
  const slot = begin.slots[run - begin.begins.run];
  if (slot === undefined) return undefined;
  const tenantId = 'tenantId' in event.data ? event.data.tenantId : undefined;
  const document: TaskRunDocument = {
    ...(tenantId !== undefined && { tenantId }),
    ...begin.begins,
    ...(begin.begins.behind !== undefined && { behind: begin.begins.behind + run - begin.begins.run }),
    run,
    slot,
    ended: null,
    attempt: 1,
    lost: 0,
    surplus: false,
    work: NO_WORK,
    cancelReason: null,
    former: [],
    createdAt: event.metadata.at,
    endedAt: null,
    dropped: false,
  };
  return followed(document, begin);
}

function changed(run: TaskRunDocument, event: Event, id: string): TaskRunDocument {
  const { at } = event.metadata;
  switch (event.type) {
    case 'TaskTriggered':
    case 'TaskSlotDecided':
    case 'TaskChainDecided':
    case 'TaskBackfilled':
      return followed(run, beginning(event));
    case 'TaskUpdated':
      return run.run < event.data.keptFrom ? { ...run, surplus: true, dropped: true } : run;
    case 'TaskRunsDropped':
      return { ...run, surplus: true, dropped: true };
    case 'TaskNoticeDecided':
      return withoutNotice(run);
    case 'TaskRunRetried': {
      const { attempt, after, dueAt } = event.data;
      return {
        ...run,
        attempt,
        dueAt,
        lost: run.lost + (after === 'lost' ? 1 : 0),
        former: [...run.former, formerAttempt(run, after)],
      };
    }
    case 'TaskRunEnded': {
      const { outcome, secret, expired } = event.data;
      if (event.data.run !== run.run) return movedUp(run, endedIn(event));
      return {
        ...run,
        ended: outcome,
        endedAt: at,
        ...(secret !== undefined && { secret }),
        ...(expired && { expired }),
      };
    }
    case 'TaskRunsCancelled':
      if (!event.data.runs.includes(run.run)) return movedUp(run, endedIn(event));
      return { ...run, ended: 'cancelled', cancelReason: event.data.reason, endedAt: at };
    case 'TaskDeleted': {
      const over = { ...run, surplus: true, dropped: true };
      return run.ended === null
        ? { ...over, ended: 'cancelled', cancelReason: 'deleted', endedAt: at }
        : over;
    }
    default: {
      if (event.data.jobId !== id) return run;
      const work = evolveWork(run.work, event);
      return work === run.work ? run : { ...run, work };
    }
  }
}

function followed(run: TaskRunDocument, newer: ReturnType<typeof beginning>): TaskRunDocument {
  if (newer === undefined) return run;
  const { keptFrom, begins, slots } = newer;
  const dropped = run.dropped || run.run < keptFrom;
  const surplus = run.surplus || dropped || run.run < begins.run + slots.length - MAX_RETAINED_JOBS;
  return dropped === run.dropped && surplus === run.surplus ? run : { ...run, dropped, surplus };
}

function formerAttempt(run: TaskRunDocument, after: FormerAttempt['after']): FormerAttempt {
  const slot = newestSlot(run);
  const task = taskOf(slot);
  return {
    attempt: run.attempt,
    after,
    nodeId: slot?.nodeId ?? null,
    allocationId: slot?.allocationId ?? null,
    ...(task?.resultAt !== undefined && { resultAt: task.resultAt }),
    startedAt: task?.startTime ?? null,
    endedAt: task?.endTime ?? null,
    exitCode: task?.exitCode ?? null,
    message: messageOfSlot(slot),
  };
}

function isStanding({ ended, work }: TaskRunDocument): boolean {
  return ended === null || (work.job !== 'none' && work.job !== 'forgotten');
}

function isGone(run: TaskRunDocument): boolean {
  return run.dropped && !isStanding(run);
}
