import type { FactOf, WorkFact } from './facts.js';
import type { WorkSlot, WorkTask } from './view.js';

/** `former` is the slot's previous allocation. */
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

/** Folds an event about the allocation in the slot. The same object means no change. */
export function evolveSlot(slot: WorkSlot, event: WorkFact): WorkSlot {
  switch (event.type) {
    case 'AllocationStarted':
      return started(slot, event);
    case 'TaskStarted': {
      const { task } = event.data;
      return {
        ...slot,
        tasks: { ...slot.tasks, [task]: taskStarted(slot.tasks[task], event.data, event.metadata.at) },
      };
    }
    case 'TaskHealthChanged':
      return healthChanged(slot, event);
    case 'TaskExited':
      return exited(slot, event);
    case 'AllocationCompleted':
      return ended(slot, 'complete', event.data.message);
    case 'AllocationFailed':
      return ended(slot, 'failed', event.data.message);
    case 'AllocationStopped':
      return ended(slot, 'stopped', event.data.message);
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

/** A late start event does not revive what has ended. */
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

function taskStarted(
  known: WorkTask | undefined,
  start: FactOf<'AllocationStarted'>['data']['tasks'][string],
  at: number,
): WorkTask {
  const { startTime, containerId, preparedTime, imageDigest, checked } = start;
  const health =
    checked === true ? { healthy: null, healthySince: null } : { healthy: true, healthySince: at / 1000 };
  return {
    ...(known ?? {
      status: 'running',
      startTime,
      endTime: null,
      exitCode: null,
      error: null,
      message: null,
      ...health,
    }),
    ...(containerId !== undefined && { containerId }),
    ...(preparedTime !== undefined && { preparedTime }),
    ...(imageDigest !== undefined && { imageDigest }),
  };
}

/** Only running tasks have a health. */
function healthChanged(slot: WorkSlot, { data, metadata }: FactOf<'TaskHealthChanged'>): WorkSlot {
  const known = slot.tasks[data.task];
  if (known?.status !== 'running') return slot;
  const { healthMessage: _former, ...rest } = known;
  const { healthy, message } = data;
  const task: WorkTask = {
    ...rest,
    healthy,
    healthySince: healthy ? metadata.at / 1000 : null,
    ...(message !== null && { healthMessage: message }),
  };
  return { ...slot, tasks: { ...slot.tasks, [data.task]: task } };
}

function exited(slot: WorkSlot, { revision, data }: FactOf<'TaskExited'>): WorkSlot {
  const { task, status, startTime, endTime, exitCode, error, message, containerId, result, usage } = data;
  const known = slot.tasks[task];
  if (known !== undefined && known.status !== 'running' && known.exitCode !== null) return slot;
  const container = containerId ?? known?.containerId;
  const report: WorkTask = {
    status,
    startTime: startTime ?? known?.startTime ?? null,
    endTime,
    exitCode,
    error,
    message,
    ...(container !== undefined && { containerId: container }),
    healthy: null,
    healthySince: null,
    ...(known?.healthMessage !== undefined && { healthMessage: known.healthMessage }),
    ...(known?.preparedTime !== undefined && { preparedTime: known.preparedTime }),
    ...(known?.imageDigest !== undefined && { imageDigest: known.imageDigest }),
    ...(result !== undefined && { resultAt: revision }),
    ...(usage !== undefined && { usage }),
  };
  return { ...slot, tasks: { ...slot.tasks, [task]: report } };
}

function ended(slot: WorkSlot, status: NonNullable<WorkSlot['ended']>, message: string | null): WorkSlot {
  return slot.ended === null ? { ...slot, running: false, ended: status, message } : slot;
}

function released(
  slot: WorkSlot,
  { outcome, retryAt, rescheduled }: FactOf<'AllocationReleased'>['data'],
): WorkSlot {
  if (slot.released !== null) return slot;
  const final = outcome === 'complete' || (outcome !== 'stopped' && retryAt === undefined);
  return {
    ...slot,
    running: false,
    released: outcome,
    final,
    retryAt: retryAt ?? null,
    ...(rescheduled === true && { rescheduled }),
    moved: outcome === 'lost' ? 'lost' : slot.moved,
  };
}
