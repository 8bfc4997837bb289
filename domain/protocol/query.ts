import { z } from 'zod';
import { volumeName } from '../jobs/job/volume.js';
import { identifier } from '../kernel/identifier.js';
import { nodeResources } from '../kernel/resources.js';
import { reportedUsage } from './heartbeat.js';

export const agentUsage = z.object({
  node_id: identifier,
  /** Unix seconds. */
  timestamp: z.number(),
  /** `cpu_used` (1000 is one core) and `memory_used` (MiB) of the whole machine. */
  resources: nodeResources,
  running: z.number().int().nonnegative(),
  /** Unfinished allocations; tasks that could not be measured are missing. */
  allocations: z.record(
    z.string(),
    z.object({ status: z.string(), tasks: z.record(z.string(), reportedUsage) }),
  ),
  /** Number of allocations beyond the limit of one response. */
  left_out: z.number().int().nonnegative(),
});
export type AgentUsage = z.infer<typeof agentUsage>;

/** Interval in seconds that one point averages. */
export const USAGE_POINT_SECONDS = 30;

/** Usage in the interval that ended at `timestamp`. Values that could not be measured are absent. */
export const usagePoint = z.object({
  /** Unix seconds. */
  timestamp: z.number(),
  /** 1000 is one core. */
  cpu: z.number().nonnegative().optional(),
  /** MiB. */
  memory_mb: z.number().nonnegative().optional(),
});
export type UsagePoint = z.infer<typeof usagePoint>;

/** Usage over the last hour, oldest first; empty for tasks that were not measured. */
export const usageHistory = z.object({
  allocation_id: z.string(),
  tasks: z.record(z.string(), z.array(usagePoint)),
});
export type UsageHistory = z.infer<typeof usageHistory>;

/** Number of newest points of each task; absent: all. */
export const newestPoints = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .optional()
  .meta({ description: 'How many points of each task, the newest. Absent: all that are kept' });

const allocationId = z
  .string()
  .max(256)
  .meta({ description: 'The allocation that is asked for. 404: the node does not have it' });

/** One stream, or the lines of both in the order in which they were written. Older agents refuse `both` (400). */
export const logType = z
  .enum(['stdout', 'stderr', 'both'])
  .default('both')
  .meta({ description: 'Which stream, or the lines of both in the order in which they were written' });

/** The parameters of `GET /allocations/:id/logs`. */
export const logRequest = z.strictObject({
  query: z.literal('logs'),
  allocation_id: allocationId,
  task: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Name of the task. It may be absent where there is one alone' }),
  type: logType,
  follow: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether more comes as it is written, until the task has ended' }),
  tail: z
    .number()
    .int()
    .min(0)
    .max(999_999_999)
    .optional()
    .meta({ description: 'Only so many lines at the end. Absent: all that are kept' }),
  since: z
    .number()
    .min(0)
    .max(99_999_999_999)
    .optional()
    .meta({ description: 'Only what was written at this moment or later: Unix seconds by the node’s clock' }),
});

const cursor = z
  .string()
  .max(64)
  .meta({ description: 'As the answer to `logs` gave it. 404: it is not known any more' });

/**
 * Requests to an agent. A log is opened, which returns a cursor, and then fetched chunk by chunk; a chunk can be
 * requested again until the next one is. So the reader sets the pace, and lost messages are repeated.
 */
export const agentQuery = z.discriminatedUnion('query', [
  z.strictObject({ query: z.literal('status'), allocation_id: allocationId }),
  z.strictObject({ query: z.literal('usage') }),
  z.strictObject({ query: z.literal('usage.history'), allocation_id: allocationId, last: newestPoints }),
  z.strictObject({ query: z.literal('metrics') }),
  z.strictObject({ query: z.literal('volume.remove'), volume: volumeName }),
  logRequest,
  z.strictObject({
    query: z.literal('logs.next'),
    cursor,
    chunk: z
      .number()
      .int()
      .min(0)
      .meta({ description: 'Number of the chunk, from 0. The same number again gives the same bytes' }),
  }),
  z.strictObject({ query: z.literal('logs.close'), cursor }),
]);
export type AgentQuery = z.infer<typeof agentQuery>;

/** Idempotent. A volume is not gone while a container uses it, even one that has ended. */
export const volumeRemoval = z.object({ volume: volumeName, gone: z.boolean() });
export type VolumeRemoval = z.infer<typeof volumeRemoval>;

export const logOpened = z.object({ cursor: z.string(), task: z.string() });
