import type { Recorded } from '../kernel/event/index.js';
import type { TaskStatusWord } from '../jobs/job/allocation-status.js';
import type { NodeEvent, TaskUsage } from '../nodes/node/events.js';

type EventOf<Type extends NodeEvent['type']> = Extract<Recorded<NodeEvent>, { type: Type }>;
/** A node's report of a started task. */
export type TaskStart = EventOf<'AllocationStarted'>['data']['tasks'][string];

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

/** A late start event does not revive the task, but may add how the task was prepared. */
export function startedTask(known: TaskState | undefined, start: TaskStart): TaskState {
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
export function judgedTask(
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
export function exitedTask(
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
