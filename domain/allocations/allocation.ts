import type { AllocationStatusWord, TaskStatusWord } from '../jobs/job/allocation-status.js';
import type { Recorded } from '../kernel/event/index.js';
import type { NodeEvent, TaskUsage } from '../nodes/node/events.js';

type EventOf<Type extends NodeEvent['type']> = Extract<Recorded<NodeEvent>, { type: Type }>;

export type EndedStatus = Exclude<AllocationStatusWord, 'pending' | 'running'>;

/** Maps each event with which a node ends an allocation to the allocation's outcome. Only the first such event takes effect. */
export const OUTCOME_OF_END = {
  AllocationCompleted: 'complete',
  AllocationFailed: 'failed',
  AllocationStopped: 'stopped',
  AllocationLost: 'lost',
} as const satisfies Record<string, EndedStatus>;

export type AllocationEnd = keyof typeof OUTCOME_OF_END;
export const ALLOCATION_ENDS = Object.keys(OUTCOME_OF_END) as readonly AllocationEnd[];

/** Maps each event that changes the status of an allocation to the new status. Not applied if the allocation has already ended. */
export const STATUS_OF_REPORT = {
  AllocationStarted: 'running',
  ...OUTCOME_OF_END,
} as const satisfies Record<string, AllocationStatusWord>;

type StatusReport = keyof typeof STATUS_OF_REPORT;
type StatusEvent = EventOf<StatusReport>;
export const STATUS_REPORTS = Object.keys(STATUS_OF_REPORT) as readonly StatusReport[];

const TASK_REPORTS = ['AllocationStarted', 'TaskStarted', 'TaskHealthChanged', 'TaskExited'] as const;
export type TaskEvent = EventOf<(typeof TASK_REPORTS)[number]>;
const CHANGES_TASKS: ReadonlySet<string> = new Set(TASK_REPORTS);

/** The events with which a node reports the progress of an allocation and of its tasks. */
export const ALLOCATION_REPORTS = [...new Set([...STATUS_REPORTS, ...TASK_REPORTS])];

interface Typed {
  readonly type: string;
}

export function isStatusEvent(event: Typed): event is StatusEvent {
  return Object.hasOwn(STATUS_OF_REPORT, event.type);
}

function isTaskEvent(event: Typed): event is TaskEvent {
  return CHANGES_TASKS.has(event.type);
}

export function isEnded(status: AllocationStatusWord): status is EndedStatus {
  return status !== 'pending' && status !== 'running';
}

/** A new status of an allocation. Times are Unix seconds, by the node's clock if the node reported them. */
export interface StatusChange {
  readonly status: Exclude<AllocationStatusWord, 'pending'>;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
}

export function statusChangeOf(event: StatusEvent): StatusChange {
  const status = STATUS_OF_REPORT[event.type];
  switch (event.type) {
    case 'AllocationStarted':
      return { status, startTime: event.data.startTime, endTime: null, message: null };
    case 'AllocationLost':
      return { status, startTime: null, endTime: event.metadata.at / 1000, message: event.data.reason };
    default: {
      const { startTime, endTime, message } = event.data;
      return { status, startTime, endTime, message };
    }
  }
}

/** Returns whether a slot is never filled again after its allocation was released in this way. */
export function isFinalRelease({
  outcome,
  retryAt,
}: {
  readonly outcome: EndedStatus;
  /** Milliseconds since the epoch. */
  readonly retryAt?: number | undefined;
}): boolean {
  return outcome === 'complete' || (outcome !== 'stopped' && retryAt === undefined);
}

/** A task of an allocation, as reported by its node. Times are Unix seconds by the node's clock. */
export interface TaskState {
  readonly status: TaskStatusWord;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly usage?: TaskUsage;
  readonly containerId?: string;
  /** Null if its checks have no result yet, absent once the task has ended. A task without checks is healthy while it runs. */
  readonly healthy?: boolean | null;
  readonly healthMessage?: string;
  /** When everything needed for the start was available, most importantly the image. Absent if unknown. */
  readonly preparedTime?: number;
  /** `repository@sha256:…`, or the image id if the image does not come from a registry. */
  readonly imageDigest?: string;
  /** Revision of the node's event that holds the sealed result. The result itself is not copied, because states could then grow to a megabyte. */
  readonly resultAt?: number;
}

type Tasks<Task> = Readonly<Record<string, Task>>;

/**
 * Folds a report into the tasks of its allocation. Returns the same object if nothing changed. `stored` adds what a reader stores in addition to the
 * state of a task.
 */
export function evolveTasks<Task extends TaskState>(
  tasks: Tasks<Task>,
  event: Typed,
  stored: (task: TaskState, known: Task | undefined, event: TaskEvent) => Task,
): Tasks<Task> {
  if (!isTaskEvent(event)) return tasks;
  if (event.type === 'AllocationStarted') {
    const next: Record<string, Task> = { ...tasks };
    for (const [name, start] of Object.entries(event.data.tasks))
      next[name] = stored(startedTask(tasks[name], start), tasks[name], event);
    return next;
  }
  const { task: name } = event.data;
  const task = reportedTask(tasks[name], event);
  return task === undefined ? tasks : { ...tasks, [name]: stored(task, tasks[name], event) };
}

function reportedTask(
  known: TaskState | undefined,
  event: EventOf<'TaskStarted' | 'TaskHealthChanged' | 'TaskExited'>,
): TaskState | undefined {
  switch (event.type) {
    case 'TaskStarted':
      return startedTask(known, event.data);
    case 'TaskHealthChanged':
      return judgedTask(known, event.data);
    case 'TaskExited':
      return exitedTask(known, event);
  }
}

/** A node's report of a started task. */
type TaskStart = EventOf<'AllocationStarted'>['data']['tasks'][string];

/** A late start event does not revive the task, but may add how the task was prepared. */
function startedTask(known: TaskState | undefined, start: TaskStart): TaskState {
  if (known !== undefined) return { ...known, ...preparationOf(start) };
  return {
    status: 'running',
    startTime: start.startTime,
    endTime: null,
    exitCode: null,
    error: null,
    message: null,
    healthy: start.checked === true ? null : true,
    ...preparationOf(start),
  };
}

function preparationOf({
  containerId,
  preparedTime,
  imageDigest,
}: TaskStart): Pick<TaskState, 'containerId' | 'preparedTime' | 'imageDigest'> {
  return {
    ...(containerId !== undefined && { containerId }),
    ...(preparedTime !== undefined && { preparedTime }),
    ...(imageDigest !== undefined && { imageDigest }),
  };
}

/** Returns undefined if the task is not running, because its health is no longer relevant. */
function judgedTask(
  known: TaskState | undefined,
  { healthy, message }: EventOf<'TaskHealthChanged'>['data'],
): TaskState | undefined {
  if (known?.status !== 'running') return undefined;
  const { healthMessage: _former, ...rest } = known;
  return { ...rest, healthy, ...(message !== null && { healthMessage: message }) };
}

/**
 * Returns undefined if an end with an exit code was already reported, because that report is final. An end without an exit code was only inferred
 * from the end of the allocation, so a late report replaces it.
 */
function exitedTask(
  known: TaskState | undefined,
  { revision, data }: EventOf<'TaskExited'>,
): TaskState | undefined {
  if (known !== undefined && known.status !== 'running' && known.exitCode !== null) return undefined;
  const { status, startTime, endTime, exitCode, error, message, usage, result } = data;
  const containerId = data.containerId ?? known?.containerId;
  return {
    status,
    startTime: startTime ?? known?.startTime ?? null,
    endTime,
    exitCode,
    error,
    message,
    ...(known?.healthMessage !== undefined && { healthMessage: known.healthMessage }),
    ...(known?.preparedTime !== undefined && { preparedTime: known.preparedTime }),
    ...(known?.imageDigest !== undefined && { imageDigest: known.imageDigest }),
    ...(usage !== undefined && { usage }),
    ...(containerId !== undefined && { containerId }),
    ...(result !== undefined && { resultAt: revision }),
  };
}
