import {
  exitedTask,
  isFinalRelease,
  judgedTask,
  OUTCOME_OF_END,
  startedTask,
  type TaskStart,
} from '../allocations/index.js';
import type { FactOf, WorkFact } from './facts.js';
import type { WorkSlot, WorkTask } from './view.js';

/** `former` is the previous allocation of the slot. */
export function placed(
  {
    allocationId,
    nodeId,
    jobVersion,
    attempt,
    gpuDevices,
    assignedPorts,
  }: FactOf<'AllocationPlaced'>['data'],
  former: WorkSlot | null,
): WorkSlot {
  return {
    allocationId,
    nodeId,
    jobVersion,
    attempt,
    ...(gpuDevices !== undefined && { devices: gpuDevices }),
    ...(assignedPorts !== undefined && { ports: assignedPorts }),
    running: false,
    ran: false,
    ended: null,
    message: null,
    tasks: {},
    released: null,
    final: false,
    retryAt: null,
    moved: former?.moved ?? null,
  };
}

/** Folds an event about the allocation in the slot. Returns the same object if nothing changed. */
export function evolveSlot(slot: WorkSlot, event: WorkFact): WorkSlot {
  switch (event.type) {
    case 'AllocationStarted':
      return started(slot, event);
    case 'TaskStarted': {
      const { task } = event.data;
      return withTask(slot, task, taskStarted(slot.tasks[task], event.data, event.metadata.at));
    }
    case 'TaskHealthChanged':
      return healthChanged(slot, event);
    case 'TaskExited':
      return exited(slot, event);
    case 'AllocationCompleted':
    case 'AllocationFailed':
    case 'AllocationStopped':
      return ended(slot, OUTCOME_OF_END[event.type], event.data.message);
    case 'AllocationLost':
      return { ...ended(slot, 'lost', event.data.reason), moved: 'lost' };
    case 'AllocationStopRequested': {
      const { reason } = event.data;
      return reason === 'drain' || reason === 'capacity-shrunk' ? { ...slot, moved: reason } : slot;
    }
    case 'AllocationReleased':
      return released(slot, event.data);
    default:
      return slot;
  }
}

/** A late start event does not revive a task that has ended. */
function started(slot: WorkSlot, { data, metadata }: FactOf<'AllocationStarted'>): WorkSlot {
  const next: Record<string, WorkTask> = { ...slot.tasks };
  for (const [name, start] of Object.entries(data.tasks))
    next[name] = taskStarted(next[name], start, metadata.at);
  const over =
    slot.ended !== null ||
    slot.released !== null ||
    Object.values(slot.tasks).some(({ status }) => status !== 'running');
  return over ? { ...slot, tasks: next } : { ...slot, running: true, ran: true, tasks: next };
}

function taskStarted(known: WorkTask | undefined, start: TaskStart, at: number): WorkTask {
  const task = startedTask(known, start);
  if (known !== undefined) return { ...known, ...task, healthy: known.healthy };
  return { ...task, healthy: task.healthy ?? null, healthySince: task.healthy === true ? at / 1000 : null };
}

function healthChanged(slot: WorkSlot, { data, metadata }: FactOf<'TaskHealthChanged'>): WorkSlot {
  const task = judgedTask(slot.tasks[data.task], data);
  if (task === undefined) return slot;
  const { healthy } = data;
  return withTask(slot, data.task, { ...task, healthy, healthySince: healthy ? metadata.at / 1000 : null });
}

function exited(slot: WorkSlot, event: FactOf<'TaskExited'>): WorkSlot {
  const { task: name } = event.data;
  const task = exitedTask(slot.tasks[name], event);
  return task === undefined ? slot : withTask(slot, name, { ...task, healthy: null, healthySince: null });
}

function withTask(slot: WorkSlot, name: string, task: WorkTask): WorkSlot {
  return { ...slot, tasks: { ...slot.tasks, [name]: task } };
}

function ended(slot: WorkSlot, status: NonNullable<WorkSlot['ended']>, message: string | null): WorkSlot {
  return slot.ended === null ? { ...slot, running: false, ended: status, message } : slot;
}

function released(
  slot: WorkSlot,
  { outcome, retryAt, rescheduled }: FactOf<'AllocationReleased'>['data'],
): WorkSlot {
  if (slot.released !== null) return slot;
  return {
    ...slot,
    running: false,
    released: outcome,
    final: isFinalRelease({ outcome, retryAt }),
    retryAt: retryAt ?? null,
    ...(rescheduled === true && { rescheduled }),
    moved: outcome === 'lost' ? 'lost' : slot.moved,
  };
}
