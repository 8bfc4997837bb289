import { withoutCredentials, type AllocationOrder } from '#domain/protocol/index.js';
import { machineBoot } from '../boot-id.js';
import { PENDING_TASK, type AllocationRecord } from '../journal/record.js';

export function newRecord(
  order: AllocationOrder,
  epoch: number | null,
  receivedAt: number,
  bootId = machineBoot.id,
  log?: string,
): AllocationRecord {
  return {
    ...emptyRecord(order.allocation_id, epoch, receivedAt, bootId),
    ...(log !== undefined && { log }),
    order: withoutCredentials(order),
    tasks: Object.fromEntries(order.task_group.tasks.map((task) => [task.name, PENDING_TASK])),
  };
}

/** Creates the record of an allocation that was stopped before it was ordered. A later order has no effect. */
export function voidRecord(
  allocationId: string,
  epoch: number | null,
  at: number,
  bootId = machineBoot.id,
): AllocationRecord {
  return {
    ...emptyRecord(allocationId, epoch, at, bootId),
    status: 'stopped',
    endTime: at / 1000,
    message: 'stopped before it was started',
    stopping: 'stopped',
    removed: true,
  };
}

function emptyRecord(
  allocationId: string,
  epoch: number | null,
  receivedAt: number,
  bootId: string,
): AllocationRecord {
  return {
    format: 1,
    allocationId,
    epoch,
    bootId,
    receivedAt,
    status: 'pending',
    startTime: null,
    endTime: null,
    message: null,
    stopping: null,
    removed: false,
    tasks: {},
  };
}
