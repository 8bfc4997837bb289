import { UuidNamespace } from '../kernel/name-uuid.js';

/** These must never change, because ids in existing logs were derived from them. */
const ALLOCATIONS = new UuidNamespace('c2f5a0d6-6a3e-5b43-9d0c-6a8f7f0e4b11');
const EVALUATIONS = new UuidNamespace('7d0c2c3e-1b0f-5d0a-8f61-0f9f3f6f5c52');

/**
 * Returns the id of an allocation of a slot within a job version: a UUIDv5, the same whichever server decides. `attempt` is zero-based. `epoch` is
 * the log's epoch, empty for the first. It is part of the id because agents may remember ids that a restored log has lost.
 */
export function allocationIdOf(
  jobId: string,
  jobVersion: number,
  group: string,
  slot: number,
  attempt: number,
  epoch = '',
): string {
  const place = `${jobId}/${jobVersion}/${group}/${slot}/${attempt}`;
  return ALLOCATIONS.of(epoch === '' ? place : `${epoch}/${place}`);
}

/** Returns the id of an evaluation that no user's command requested: a UUIDv5 of its first trigger. */
export function evaluationIdOf(
  jobId: string,
  first: { readonly kind: string; readonly ref: string },
): string {
  return EVALUATIONS.of(`${jobId}/${first.kind}/${first.ref}`);
}
