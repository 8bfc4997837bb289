import { z } from 'zod';
import { identifier } from '../../kernel/identifier.js';
import { ALLOCATION_STATUSES } from './allocation-status.js';

/** Maximum number of allocations in an archive. The newest ones are included. */
export const MAX_ARCHIVED_ALLOCATIONS = 50;
/** Maximum total length of the archived allocations as JSON, in characters. They share one event. */
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

export const jobArchive = z.strictObject({
  jobId: identifier,
  version: z.number().int().nonnegative(),
  status: z.enum(['dead', 'complete', 'failed']),
  endedAt: z.number().int().nonnegative(),
  /** The newest allocations, in the order in which they were placed. */
  allocations: z.array(archivedAllocation).max(MAX_ARCHIVED_ALLOCATIONS),
  leftOut: z.number().int().nonnegative(),
});
export type JobArchive = z.infer<typeof jobArchive>;

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
