import { z } from 'zod';
import { volumeName } from '../job/volume.js';
import { identifier } from '../identifier.js';
import { nodeResources } from '../resources.js';
import { reportedUsage } from './heartbeat.js';

/** What an agent measures: of its whole machine, and of each task that runs or ran. */
export const agentUsage = z.object({
  node_id: identifier,
  /** Unix seconds. */
  timestamp: z.number(),
  /** `cpu_used` (1000 is one core) and `memory_used` (MiB) of the machine, Muster's tasks or not. */
  resources: nodeResources,
  /** How many allocations have not ended. */
  running: z.number().int().nonnegative(),
  /** Those that have not ended, by allocation and task; a task that could not be measured has none. */
  allocations: z.record(z.string(), z.object({ status: z.string(), tasks: z.record(z.string(), reportedUsage) })),
  /** How many more there are than one answer holds. */
  left_out: z.number().int().nonnegative(),
});
export type AgentUsage = z.infer<typeof agentUsage>;

/** What a point of a history is a mean of, in seconds. */
export const USAGE_POINT_SECONDS = 30;

/** What a task used in an interval that ended at `timestamp`. What could not be measured is absent. */
export const usagePoint = z.object({
  /** Unix seconds. */
  timestamp: z.number(),
  /** 1000 is one core. */
  cpu: z.number().nonnegative().optional(),
  /** MiB. */
  memory_mb: z.number().nonnegative().optional(),
});
export type UsagePoint = z.infer<typeof usagePoint>;

/** What the tasks of an allocation used over the last hour, oldest first; of a task that nobody measured there is nothing. */
export const usageHistory = z.object({ allocation_id: z.string(), tasks: z.record(z.string(), z.array(usagePoint)) });
export type UsageHistory = z.infer<typeof usageHistory>;

/** How many points of each task are asked for, the newest; absent: all that are kept. */
export const newestPoints = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .optional()
  .meta({ description: 'How many points of each task, the newest. Absent: all that are kept' });

/** Any id: one that is none is unknown. */
const allocationId = z.string().max(256).meta({ description: 'The allocation that is asked for. 404: the node does not have it' });

/** Of a log: one stream, or the lines of both in the order in which they were written. An older agent refuses `both` (400). */
export const logType = z
  .enum(['stdout', 'stderr', 'both'])
  .default('both')
  .meta({ description: 'Which stream, or the lines of both in the order in which they were written' });

/** Which log, and how. As the parameters of `GET /allocations/:id/logs`. */
export const logRequest = z.strictObject({
  query: z.literal('logs'),
  allocation_id: allocationId,
  task: z.string().max(64).optional().meta({ description: 'Name of the task. It may be absent where there is one alone' }),
  type: logType,
  follow: z.boolean().default(false).meta({ description: 'Whether more comes as it is written, until the task has ended' }),
  tail: z.number().int().min(0).max(999_999_999).optional().meta({ description: 'Only so many lines at the end. Absent: all that are kept' }),
  since: z
    .number()
    .min(0)
    .max(99_999_999_999)
    .optional()
    .meta({ description: 'Only what was written at this moment or later: Unix seconds by the node’s clock' }),
});

const cursor = z.string().max(64).meta({ description: 'As the answer to `logs` gave it. 404: it is not known any more' });

/**
 * Asked of an agent. A log is opened, which gives a cursor, and then fetched chunk by chunk: the same chunk again as often as it is asked
 * for, until the next one is. So nothing is sent that was not asked for, and a lost message is asked for again.
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
    chunk: z.number().int().min(0).meta({ description: 'Number of the chunk, from 0. The same number again gives the same bytes' }),
  }),
  z.strictObject({ query: z.literal('logs.close'), cursor }),
]);
export type AgentQuery = z.infer<typeof agentQuery>;

/** Answer to `volume.remove`, which may be repeated. It is not gone while a container has it, though that has ended. */
export const volumeRemoval = z.object({ volume: volumeName, gone: z.boolean() });
export type VolumeRemoval = z.infer<typeof volumeRemoval>;

/** Answer to `logs`: what to fetch the chunks with. */
export const logOpened = z.object({ cursor: z.string(), task: z.string() });
