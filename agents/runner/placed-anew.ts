import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/canonical.js';
import { MusterError } from '#domain/errors/index.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import type { AllocationRecord } from '../journal/record.js';

/**
 * Whether an order is of another allocation than the one that has its id here. That happens when the server's log was restored: ids are made of
 * what the log holds, and the restored log decides anew what this agent has done already. Only orders of our own servers tell.
 */
export function isAnotherPlacement({ order: before }: Pick<AllocationRecord, 'order'>, { placed_at: placedAt }: AllocationOrder): boolean {
  return placedAt !== undefined && before?.placed_at !== undefined && before.placed_at !== placedAt;
}

/** Refuses an order that does not say when it was placed and that asks for something else than the one before it under its id: its result would be another's. */
export function refuseOtherContent({ order: before }: Pick<AllocationRecord, 'order'>, order: AllocationOrder): void {
  if (before === undefined || before.placed_at !== undefined || order.placed_at !== undefined || contentDigest(before) === contentDigest(order)) return;
  const problem = `allocation ${order.allocation_id} was ordered before with other content: send it under an id of its own`;
  throw new MusterError('MUSTER_E_INVALID', { field: 'allocation_id', problem });
}

/** Of what runs and on what. Credentials may be others when an order is sent again, and what is said of images follows from the job. */
function contentDigest({ job_id, task_group, gpu_devices, ports }: AllocationOrder): string {
  return createHash('sha256').update(canonicalJson({ job_id, task_group, gpu_devices, ports })).digest('base64url');
}
