import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { AllocationStatusWord, TaskStatusWord } from '#domain/jobs/job/allocation-status.js';
import { projection } from '../projection.js';
import type { ReleaseOutcome, StopReason } from '#domain/scheduling/plan-log/events.js';
import type { AssignedPorts } from '#domain/jobs/job/task-port.js';
import type { TaskUsage } from '#domain/nodes/node/events.js';
import type { UnknownStatus } from '#domain/nodes/node/unknown-status.js';

export interface AllocationTaskDocument {
  readonly status: TaskStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly usage?: TaskUsage;
  readonly containerId?: string;
  /** Null: not decided yet. Tasks without checks are healthy while they run. */
  readonly healthy?: boolean | null;
  readonly healthMessage?: string;
  /** When everything needed for the start was available, above all the image, in Unix seconds. Absent: unknown. */
  readonly preparedTime?: number;
  /** `repository@sha256:…`, or the id of an image without a registry. */
  readonly imageDigest?: string;
  /** Revision of the node's event that holds the sealed result. A copy here would make documents of a megabyte. */
  readonly resultAt?: number;
}

/** `allocations`, id = allocation id. Indexes: `job`, `node`, `slot` (`<job>/<group>/<slot>`; 11 newest kept). */
export interface AllocationDocument {
  readonly allocationId: string;
  readonly jobId: string;
  readonly jobVersion: number;
  readonly evaluationId: string;
  readonly group: string;
  readonly slot: number;
  readonly attempt: number;
  readonly nodeId: string;
  readonly status: AllocationStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
  /** An unknown status that its agent reported. Absent: none, or it has ended. */
  readonly unknownStatus?: UnknownStatus;
  /** Tasks without any report are missing; they are pending. */
  readonly tasks: Readonly<Record<string, AllocationTaskDocument>>;
  readonly resources: Readonly<Record<string, number>>;
  readonly gpuDevices?: Readonly<Record<string, readonly number[]>>;
  /** Host ports that the scheduler assigned, by task; absent: none. */
  readonly ports?: AssignedPorts;
  readonly stopRequested: StopReason | null;
  readonly released: ReleaseOutcome | null;
  /** Milliseconds since the epoch; absent until the release. */
  readonly releasedAt?: number;
  /** Its job was deleted or archived, so the document is deleted with the release. */
  readonly jobDeleted: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

type EventOf<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;
type Ended = Exclude<AllocationStatusWord, 'pending' | 'running'>;

export const HOUR_MS = 3_600_000;

const EVENTS = [
  'AllocationPlaced',
  'AllocationStopRequested',
  'AllocationReleased',
  'AllocationStarted',
  'TaskStarted',
  'TaskHealthChanged',
  'TaskExited',
  'AllocationStatusUnknown',
  'AllocationCompleted',
  'AllocationFailed',
  'AllocationStopped',
  'AllocationLost',
  'JobDeleted',
  'JobArchived',
] as const;

/** The newest 11 of each slot are retained: the active one and ten that ended. */
export const allocations = projection<AllocationDocument>({
  name: 'allocations',
  share: 'allocations',
  version: 6,
  events: EVENTS,
  indexes: {
    job: (allocation) => allocation.jobId,
    node: (allocation) => allocation.nodeId,
    shown: ({ nodeId, releasedAt }) =>
      releasedAt === undefined ? heldOn(nodeId) : endedOn(nodeId, releasedAt),
    slot: (allocation) => slotKey(allocation.jobId, allocation.group, allocation.slot),
  },
  keep: { index: 'slot', newest: 11 },
  touches: (event) => {
    if (event.type === 'JobDeleted' || event.type === 'JobArchived')
      return [{ where: 'job', equals: event.data.jobId }];
    return 'allocationId' in event.data ? [event.data.allocationId] : [];
  },
  evolve: (allocation, event) => {
    if (event.type === 'AllocationPlaced') return placed(event);
    if (allocation === undefined) return undefined;
    const next = changed(allocation, event);
    return next === undefined || next === allocation ? next : { ...next, updatedAt: event.metadata.at };
  },
});

/** Value of the index `shown` of allocations on a node. */
export function heldOn(nodeId: string): string {
  return nodeId;
}

/** Value of the index `shown` of allocations that ended in the hour of a moment (milliseconds since the epoch). */
export function endedOn(nodeId: string, at: number): string {
  return `${nodeId} ${Math.floor(at / HOUR_MS)}`;
}

export function slotKey(jobId: string, group: string, slot: number): string {
  return `${jobId}/${group}/${slot}`;
}

function placed(event: EventOf<'AllocationPlaced'>): AllocationDocument {
  const {
    allocationId,
    jobId,
    jobVersion,
    evaluationId,
    group,
    slot,
    attempt,
    nodeId,
    resources,
    gpuDevices,
    assignedPorts,
  } = event.data;
  return {
    allocationId,
    jobId,
    jobVersion,
    evaluationId,
    group,
    slot,
    attempt,
    nodeId,
    status: 'pending',
    startTime: null,
    endTime: null,
    message: null,
    tasks: {},
    resources,
    ...(gpuDevices === undefined ? {} : { gpuDevices }),
    ...(assignedPorts === undefined ? {} : { ports: assignedPorts }),
    stopRequested: null,
    released: null,
    jobDeleted: false,
    createdAt: event.metadata.at,
    updatedAt: event.metadata.at,
  };
}

function changed(allocation: AllocationDocument, event: RecordedMusterEvent): AllocationDocument | undefined {
  switch (event.type) {
    case 'AllocationStarted':
      return started(allocation, event);
    case 'TaskStarted':
      return isEnded(allocation)
        ? allocation
        : { ...allocation, tasks: running(allocation.tasks, { [event.data.task]: event.data }) };
    case 'TaskHealthChanged':
      return judged(allocation, event);
    case 'TaskExited':
      return taskExited(allocation, event);
    case 'AllocationStatusUnknown': {
      const { status, task } = event.data;
      return isEnded(allocation)
        ? allocation
        : { ...allocation, unknownStatus: { status, ...(task !== undefined && { task }) } };
    }
    case 'AllocationCompleted':
      return ended(allocation, 'complete', event.data);
    case 'AllocationFailed':
      return ended(allocation, 'failed', event.data);
    case 'AllocationStopped':
      return ended(allocation, 'stopped', event.data);
    case 'AllocationLost':
      return ended(allocation, 'lost', {
        startTime: null,
        endTime: event.metadata.at / 1000,
        message: event.data.reason,
      });
    case 'AllocationStopRequested': {
      // A placement can reach the log just after its job's deletion; only this reason reveals it.
      const jobDeleted = allocation.jobDeleted || event.data.reason === 'job-deleted';
      return { ...allocation, stopRequested: event.data.reason, jobDeleted };
    }
    case 'AllocationReleased':
      return released(allocation, event);
    case 'JobDeleted':
    case 'JobArchived':
      return allocation.released === null ? { ...allocation, jobDeleted: true } : undefined;
    default:
      return allocation;
  }
}

function started(allocation: AllocationDocument, event: EventOf<'AllocationStarted'>): AllocationDocument {
  if (isEnded(allocation)) return allocation;
  const startTime = allocation.startTime ?? event.data.startTime;
  const { unknownStatus: _former, ...rest } = allocation;
  return { ...rest, status: 'running', startTime, tasks: running(allocation.tasks, event.data.tasks) };
}

type Tasks = AllocationDocument['tasks'];

function running(tasks: Tasks, begun: EventOf<'AllocationStarted'>['data']['tasks']): Tasks {
  const next: Record<string, AllocationTaskDocument> = { ...tasks };
  for (const [name, { startTime, containerId, preparedTime, imageDigest, checked }] of Object.entries(
    begun,
  )) {
    if (tasks[name] !== undefined) continue;
    next[name] = {
      status: 'running',
      startTime,
      endTime: null,
      exitCode: null,
      error: null,
      message: null,
      healthy: checked === true ? null : true,
      ...(containerId === undefined ? {} : { containerId }),
      ...(preparedTime === undefined ? {} : { preparedTime }),
      ...(imageDigest === undefined ? {} : { imageDigest }),
    };
  }
  return next;
}

/** Only running tasks have a health. */
function judged(
  allocation: AllocationDocument,
  { data: { task: name, healthy, message } }: EventOf<'TaskHealthChanged'>,
): AllocationDocument {
  const known = allocation.tasks[name];
  if (known?.status !== 'running') return allocation;
  const { healthMessage: _former, ...rest } = known;
  return {
    ...allocation,
    tasks: {
      ...allocation.tasks,
      [name]: { ...rest, healthy, ...(message === null ? {} : { healthMessage: message }) },
    },
  };
}

/** A task's first reported end stands, even after its allocation ended, because the exit code is still correct. */
function taskExited(allocation: AllocationDocument, event: EventOf<'TaskExited'>): AllocationDocument {
  const { task, status, startTime, endTime, exitCode, error, message, usage, result } = event.data;
  const known = allocation.tasks[task];
  const containerId = event.data.containerId ?? known?.containerId;
  if (known !== undefined && known.status !== 'running' && known.exitCode !== null) return allocation;
  const exited: AllocationTaskDocument = {
    status,
    startTime: startTime ?? known?.startTime ?? null,
    endTime,
    exitCode,
    error,
    message,
    ...(known?.healthMessage === undefined ? {} : { healthMessage: known.healthMessage }),
    ...(known?.preparedTime === undefined ? {} : { preparedTime: known.preparedTime }),
    ...(known?.imageDigest === undefined ? {} : { imageDigest: known.imageDigest }),
    ...(usage === undefined ? {} : { usage }),
    ...(containerId === undefined ? {} : { containerId }),
    ...(result === undefined ? {} : { resultAt: event.revision }),
  };
  return { ...allocation, tasks: { ...allocation.tasks, [task]: exited } };
}

interface Ending {
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
}

/** The first end stands. Tasks without a reported end ended with the allocation. */
function ended(
  allocation: AllocationDocument,
  status: Ended,
  { startTime, endTime, message }: Ending,
): AllocationDocument {
  if (isEnded(allocation)) return allocation;
  const task: TaskStatusWord = status === 'complete' ? 'complete' : 'stopped';
  const tasks: Record<string, AllocationTaskDocument> = { ...allocation.tasks };
  for (const [name, each] of Object.entries(allocation.tasks)) {
    const { healthy: _healthy, ...rest } = each;
    if (each.status === 'running') tasks[name] = { ...rest, status: task, endTime };
  }
  const { unknownStatus: _former, ...rest } = allocation;
  return { ...rest, status, startTime: allocation.startTime ?? startTime, endTime, message, tasks };
}

function released(
  allocation: AllocationDocument,
  event: EventOf<'AllocationReleased'>,
): AllocationDocument | undefined {
  if (allocation.jobDeleted) return undefined;
  if (allocation.released !== null) return allocation;
  const { outcome } = event.data;
  const message = outcome === 'lost' ? 'the node was lost' : null;
  return {
    ...ended(allocation, outcome, { startTime: null, endTime: event.metadata.at / 1000, message }),
    released: outcome,
    releasedAt: event.metadata.at,
  };
}

function isEnded(allocation: AllocationDocument): boolean {
  return allocation.status !== 'pending' && allocation.status !== 'running';
}
