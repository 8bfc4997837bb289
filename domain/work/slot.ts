import {
  evolveTasks,
  isFinalRelease,
  isStatusEvent,
  statusChangeOf,
  type StatusChange,
  type TaskEvent,
  type TaskState,
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
    case 'AllocationStopRequested': {
      const { reason } = event.data;
      return reason === 'drain' || reason === 'capacity-shrunk' ? { ...slot, moved: reason } : slot;
    }
    case 'AllocationReleased':
      return released(slot, event.data);
    default: {
      const tasks = evolveTasks(slot.tasks, event, withHealthySince);
      const next = tasks === slot.tasks ? slot : { ...slot, tasks };
      return isStatusEvent(event) ? withStatus(next, slot.tasks, statusChangeOf(event)) : next;
    }
  }
}

/** A late start event does not revive an allocation that has ended, or one of whose tasks has. */
function withStatus(slot: WorkSlot, before: WorkSlot['tasks'], { status, message }: StatusChange): WorkSlot {
  if (status === 'running') {
    const over =
      slot.ended !== null ||
      slot.released !== null ||
      Object.values(before).some((task) => task.status !== 'running');
    return over ? slot : { ...slot, running: true, ran: true };
  }
  const ended = slot.ended === null ? { ...slot, running: false, ended: status, message } : slot;
  return status === 'lost' ? { ...ended, moved: status } : ended;
}

function withHealthySince(task: TaskState, known: WorkTask | undefined, event: TaskEvent): WorkTask {
  const healthy = task.healthy ?? null;
  const since =
    known === undefined || event.type === 'TaskHealthChanged' ? event.metadata.at / 1000 : known.healthySince;
  return { ...task, healthy, healthySince: healthy === true ? since : null };
}

/** Returns whether the allocation of a slot was lost because its node stopped it, not because the node itself was lost. */
export function wasStoppedByNode({ ended, released }: Pick<WorkSlot, 'ended' | 'released'>): boolean {
  return released === 'lost' && ended !== null && ended !== 'lost';
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
    moved: outcome === 'lost' && !wasStoppedByNode({ ...slot, released: outcome }) ? 'lost' : slot.moved,
  };
}
