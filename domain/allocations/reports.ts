import type { AllocationStatusWord } from '../jobs/job/allocation-status.js';

export type EndedStatus = Exclude<AllocationStatusWord, 'pending' | 'running'>;

/** Maps each event with which a node ends an allocation to the allocation's outcome. Only the first such event takes effect. */
export const OUTCOME_OF_END = {
  AllocationCompleted: 'complete',
  AllocationFailed: 'failed',
  AllocationStopped: 'stopped',
  AllocationLost: 'lost',
} as const satisfies Record<string, EndedStatus>;

export type AllocationEnd = keyof typeof OUTCOME_OF_END;
export const ALLOCATION_ENDS = Object.keys(OUTCOME_OF_END) as readonly AllocationEnd[];

/** Maps each event reported by a node to the new status of the allocation. Not applied if the allocation has already ended. */
export const STATUS_OF_REPORT = {
  AllocationStarted: 'running',
  ...OUTCOME_OF_END,
} as const satisfies Record<string, AllocationStatusWord>;

export function isEnded(status: AllocationStatusWord): status is EndedStatus {
  return status !== 'pending' && status !== 'running';
}

/** Returns whether a slot is never filled again after its allocation was released in this way. */
export function isFinalRelease({
  outcome,
  retryAt,
}: {
  readonly outcome: EndedStatus;
  /** Milliseconds since the epoch. */
  readonly retryAt?: number | undefined;
}): boolean {
  return outcome === 'complete' || (outcome !== 'stopped' && retryAt === undefined);
}
