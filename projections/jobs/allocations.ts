import {
  ALLOCATION_REPORTS,
  evolveTasks,
  isEnded,
  isStatusEvent,
  statusChangeOf,
  type EndedStatus,
  type StatusChange,
  type TaskState,
} from '#domain/allocations/index.js';
import type { AllocationStatusWord } from '#domain/jobs/job/allocation-status.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { projection } from '#domain/kernel/projection.js';
import { planEvents, type ReleaseOutcome, type StopReason } from '#domain/scheduling/plan-log/events.js';
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

export const HOUR_MS = 3_600_000;

const EVENTS = {
  ...only(planEvents, 'AllocationPlaced', 'AllocationStopRequested', 'AllocationReleased'),
  ...only(nodeEvents, ...ALLOCATION_REPORTS, 'AllocationStatusUnknown'),
  ...only(jobEvents, 'JobDeleted', 'JobArchived'),
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** The newest 11 allocations of each slot are retained: the active one, and ten that ended. */
export const allocations = projection<AllocationDocument, typeof EVENTS>({
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
    return [event.data.allocationId];
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

function changed(allocation: AllocationDocument, event: Event): AllocationDocument | undefined {
  switch (event.type) {
    case 'AllocationStatusUnknown': {
      const { status, task } = event.data;
      return isEnded(allocation.status)
        ? allocation
        : { ...allocation, unknownStatus: { status, ...(task !== undefined && { task }) } };
    }
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
      return reported(allocation, event);
  }
}

/** Once an allocation has ended, only the exits of its tasks are still recorded. */
function reported(allocation: AllocationDocument, event: Event): AllocationDocument {
  if (isEnded(allocation.status) && event.type !== 'TaskExited') return allocation;
  const tasks = evolveTasks(allocation.tasks, event, (task) => task);
  if (isStatusEvent(event)) return withStatus(allocation, statusChangeOf(event), tasks);
  return tasks === allocation.tasks ? allocation : { ...allocation, tasks };
}

function withStatus(
  allocation: AllocationDocument,
  { status, startTime, endTime, message }: StatusChange,
  tasks = allocation.tasks,
): AllocationDocument {
  const { unknownStatus: _former, ...rest } = allocation;
  return {
    ...rest,
    status,
    startTime: allocation.startTime ?? startTime,
    endTime,
    message,
    tasks: isEnded(status) ? endedTasks(tasks, status, endTime) : tasks,
  };
}

function endedTasks(
  tasks: AllocationDocument['tasks'],
  status: EndedStatus,
  endTime: number | null,
): AllocationDocument['tasks'] {
  const ended: Record<string, AllocationTaskDocument> = { ...tasks };
  for (const [name, task] of Object.entries(tasks)) {
    const { healthy: _healthy, ...rest } = task;
    if (task.status === 'running')
      ended[name] = { ...rest, status: status === 'complete' ? status : 'stopped', endTime };
  }
  return ended;
}

function released(
  allocation: AllocationDocument,
  event: EventOf<'AllocationReleased'>,
): AllocationDocument | undefined {
  if (allocation.jobDeleted) return undefined;
  if (allocation.released !== null) return allocation;
  const { outcome } = event.data;
  const message = outcome === 'lost' ? 'the node was lost' : null;
  const end = { status: outcome, startTime: null, endTime: event.metadata.at / 1000, message };
  return {
    ...(isEnded(allocation.status) ? allocation : withStatus(allocation, end)),
    released: outcome,
    releasedAt: event.metadata.at,
  };
}
