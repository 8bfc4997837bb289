import {
  ALLOCATION_ENDS,
  exitedTask,
  isEnded,
  judgedTask,
  OUTCOME_OF_END,
  startedTask,
  type EndedStatus,
  type TaskState,
} from '#domain/allocations/index.js';
import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { AllocationStatusWord, TaskStatusWord } from '#domain/jobs/job/allocation-status.js';
import { projection } from '../projection.js';
import type { ReleaseOutcome, StopReason } from '#domain/scheduling/plan-log/events.js';
import type { AssignedPorts } from '#domain/jobs/job/task-port.js';
import type { UnknownStatus } from '#domain/nodes/node/unknown-status.js';

export type AllocationTaskDocument = TaskState;

/** `allocations`, id = allocation id. Indexes: `job`, `node`, `slot` (`<job>/<group>/<slot>`). */
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
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
  readonly unknownStatus?: UnknownStatus;
  readonly tasks: Readonly<Record<string, AllocationTaskDocument>>;
  readonly resources: Readonly<Record<string, number>>;
  readonly gpuDevices?: Readonly<Record<string, readonly number[]>>;
  readonly ports?: AssignedPorts;
  readonly stopRequested: StopReason | null;
  readonly released: ReleaseOutcome | null;
  readonly releasedAt?: number;
  readonly jobDeleted: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type EventOf<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;

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
  ...ALLOCATION_ENDS,
  'JobDeleted',
  'JobArchived',
] as const;

/** The newest 11 allocations of each slot are retained: the active one, and ten that ended. */
export const allocations = projection<AllocationDocument>({
  name: 'allocations',
  share: 'allocations',
  version: 7,
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

export function heldOn(nodeId: string): string {
  return nodeId;
}

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
      return isEnded(allocation.status)
        ? allocation
        : { ...allocation, tasks: running(allocation.tasks, { [event.data.task]: event.data }) };
    case 'TaskHealthChanged':
      return withTask(allocation, event.data.task, judgedTask(allocation.tasks[event.data.task], event.data));
    case 'TaskExited':
      return withTask(allocation, event.data.task, exitedTask(allocation.tasks[event.data.task], event));
    case 'AllocationStatusUnknown': {
      const { status, task } = event.data;
      return isEnded(allocation.status)
        ? allocation
        : { ...allocation, unknownStatus: { status, ...(task !== undefined && { task }) } };
    }
    case 'AllocationCompleted':
    case 'AllocationFailed':
    case 'AllocationStopped':
      return ended(allocation, OUTCOME_OF_END[event.type], event.data);
    case 'AllocationLost':
      return ended(allocation, 'lost', {
        startTime: null,
        endTime: event.metadata.at / 1000,
        message: event.data.reason,
      });
    case 'AllocationStopRequested': {
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
  if (isEnded(allocation.status)) return allocation;
  const startTime = allocation.startTime ?? event.data.startTime;
  const { unknownStatus: _former, ...rest } = allocation;
  return { ...rest, status: 'running', startTime, tasks: running(allocation.tasks, event.data.tasks) };
}

type Tasks = AllocationDocument['tasks'];

function running(tasks: Tasks, begun: EventOf<'AllocationStarted'>['data']['tasks']): Tasks {
  const started = Object.entries(begun).map(([name, start]) => [name, startedTask(tasks[name], start)]);
  return { ...tasks, ...(Object.fromEntries(started) as Tasks) };
}

function withTask(
  allocation: AllocationDocument,
  name: string,
  task: TaskState | undefined,
): AllocationDocument {
  return task === undefined ? allocation : { ...allocation, tasks: { ...allocation.tasks, [name]: task } };
}

interface Ending {
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly message: string | null;
}

function ended(
  allocation: AllocationDocument,
  status: EndedStatus,
  { startTime, endTime, message }: Ending,
): AllocationDocument {
  if (isEnded(allocation.status)) return allocation;
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
