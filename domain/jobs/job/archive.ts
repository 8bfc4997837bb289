import { z } from 'zod';
import { identifier } from '../../kernel/identifier.js';
import { ALLOCATION_STATUSES } from './allocation-status.js';

/** Number of newest allocations in an archive. */
export const MAX_ARCHIVED_ALLOCATIONS = 50;
/** Limit in characters of JSON for all of them, because they share one event. */
const MAX_ARCHIVED_CHARACTERS = 65_536;

const seconds = z.number().nullable();

const archivedTask = z.strictObject({
  status: z.enum(ALLOCATION_STATUSES).exclude(['lost']),
  startTime: seconds,
  endTime: seconds,
  exitCode: z.number().int().nullable(),
  error: z.string().nullable(),
  message: z.string().nullable(),
});

const archivedAllocation = z.strictObject({
  allocationId: z.string(),
  jobVersion: z.number().int().nonnegative(),
  group: z.string(),
  slot: z.number().int().nonnegative(),
  nodeId: z.string(),
  status: z.enum(ALLOCATION_STATUSES),
  startTime: seconds,
  endTime: seconds,
  message: z.string().nullable(),
  tasks: z.record(z.string(), archivedTask),
});
export type ArchivedAllocation = z.infer<typeof archivedAllocation>;

/** How an archived job ended. It holds what is in other streams, so that the job's own stream tells its whole history. */
export const jobArchive = z.strictObject({
  jobId: identifier,
  version: z.number().int().nonnegative(),
  status: z.enum(['dead', 'complete', 'failed']),
  /** Milliseconds since the epoch. */
  endedAt: z.number().int().nonnegative(),
  /** The newest ones, in the order of their placement. */
  allocations: z.array(archivedAllocation).max(MAX_ARCHIVED_ALLOCATIONS),
  /** Number of allocations that are not included. */
  leftOut: z.number().int().nonnegative(),
});
export type JobArchive = z.infer<typeof jobArchive>;

/** Returns the newest allocations that fit the archive; `all` is in the order of placement. */
export function archivedAllocations(
  all: readonly ArchivedAllocation[],
): Pick<JobArchive, 'allocations' | 'leftOut'> {
  let characters = 0;
  const newest = all.slice(-MAX_ARCHIVED_ALLOCATIONS);
  const beyond = newest.findLastIndex(
    (each) => (characters += JSON.stringify(each).length) > MAX_ARCHIVED_CHARACTERS,
  );
  const allocations = newest.slice(beyond + 1);
  return { allocations, leftOut: all.length - allocations.length };
}
