import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AllocationOrder, DesiredAllocations } from '#domain/protocol/index.js';
import { isOfLog, type Maker } from '../drivers/own-work.js';
import type { AllocationRecord } from '../journal/record.js';

/**
 * Returns whether the order belongs to a different allocation with the same id. This happens after a restore of the server's log: ids are derived
 * from the log, and the restored server makes its decisions again. Only orders from Muster's own servers reveal it.
 */
export function isAnotherPlacement(
  { order: before }: Pick<AllocationRecord, 'order'>,
  { placed_at: placedAt }: AllocationOrder,
): boolean {
  return placedAt !== undefined && before?.placed_at !== undefined && before.placed_at !== placedAt;
}

/** Whether a record has an order and, if `made` is given, is that of this work. @param own the agent's log */
export function isOrdered(
  record: AllocationRecord | undefined,
  made: Pick<Maker, 'log'> | undefined,
  own: string | undefined,
): boolean {
  return record?.order !== undefined && (made === undefined || isOfLog(record.log, made.log, own));
}

/** Refuses an order without a placement time if its content differs from the previous order with this id, whose result it would otherwise get. */
export function refuseOtherContent(
  { order: before }: Pick<AllocationRecord, 'order'>,
  order: AllocationOrder,
): void {
  if (
    before === undefined ||
    before.placed_at !== undefined ||
    order.placed_at !== undefined ||
    contentDigest(before) === contentDigest(order)
  )
    return;
  const problem = `allocation ${order.allocation_id} was already requested with different content: use a new id`;
  throw new MusterError('MUSTER_E_INVALID', { field: 'allocation_id', problem });
}

/** Hashes the job, group, devices and ports. Omits credentials, which a repeated order may change, and image fields, which follow from the job. */
function contentDigest({ job_id, task_group, gpu_devices, ports }: AllocationOrder): string {
  return createHash('sha256')
    .update(canonicalJson({ job_id, task_group, gpu_devices, ports }))
    .digest('base64url');
}

/** Returns the ids of all allocations that should run, also of those whose order the server has lost. */
export function listedIds({ allocations, kept = [] }: DesiredAllocations): Set<string> {
  return new Set([...allocations.map((order) => order.allocation_id), ...kept]);
}
