import { z } from 'zod';
import { identifier } from '../identifier.js';
import { ALLOCATION_STATUSES } from './allocation-status.js';

/** Allocations that an archived job is shown with: the newest. */
export const MAX_ARCHIVED_ALLOCATIONS = 50;
/** Characters of JSON that they may be together: one event holds them. */
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

/** What became of one allocation, as far as it is shown with its job. */
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

/** How a job ended that leaves the read models: what its own stream does not say, so that from now on this one stream tells it all. */
export const jobArchive = z.strictObject({
  jobId: identifier,
  /** The version that has ended. */
  version: z.number().int().nonnegative(),
  status: z.enum(['dead', 'complete', 'failed']),
  /** When it did, milliseconds since the epoch. */
  endedAt: z.number().int().nonnegative(),
  /** The newest, in the order of their placement. */
  allocations: z.array(archivedAllocation).max(MAX_ARCHIVED_ALLOCATIONS),
  /** How many are not named. */
  leftOut: z.number().int().nonnegative(),
});
export type JobArchive = z.infer<typeof jobArchive>;

/** Of all allocations of a job, in the order of their placement, those that its archive has room for. */
export function archivedAllocations(all: readonly ArchivedAllocation[]): Pick<JobArchive, 'allocations' | 'leftOut'> {
  let characters = 0;
  const newest = all.slice(-MAX_ARCHIVED_ALLOCATIONS);
  const beyond = newest.findLastIndex((each) => (characters += JSON.stringify(each).length) > MAX_ARCHIVED_CHARACTERS);
  const allocations = newest.slice(beyond + 1);
  return { allocations, leftOut: all.length - allocations.length };
}
