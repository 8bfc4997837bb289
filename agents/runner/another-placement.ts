import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import type { AllocationRecord } from '../journal/record.js';

/**
 * Whether the order belongs to another allocation with the same id. That happens after a restore of the server's log: ids derive from the log, and
 * the restored server decides again. Only orders of our own servers can show it.
 */
export function isAnotherPlacement(
  { order: before }: Pick<AllocationRecord, 'order'>,
  { placed_at: placedAt }: AllocationOrder,
): boolean {
  return placedAt !== undefined && before?.placed_at !== undefined && before.placed_at !== placedAt;
}

/** Refuses an order without a placement time whose content differs from the previous order with this id, because its result would be another's. */
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
  const problem = `allocation ${order.allocation_id} was ordered before with other content: send it under an id of its own`;
  throw new MusterError('MUSTER_E_INVALID', { field: 'allocation_id', problem });
}

/** Covers what runs and on what. Credentials may change when an order is repeated, and image facts follow from the job. */
function contentDigest({ job_id, task_group, gpu_devices, ports }: AllocationOrder): string {
  return createHash('sha256')
    .update(canonicalJson({ job_id, task_group, gpu_devices, ports }))
    .digest('base64url');
}
