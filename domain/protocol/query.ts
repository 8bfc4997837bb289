import { z } from 'zod';
import { volumeName } from '../jobs/job/volume.js';
import { identifier } from '../kernel/identifier.js';
import { nodeResources } from '../kernel/resources.js';
import { reportedUsage } from './heartbeat.js';

/** Maximum number of volumes in a usage report. */
export const MAX_NODE_VOLUMES = 1000;

const nodeVolume = z.object({
  name: z.string().max(256).meta({ description: 'Id of the volume' }),
  node_id: z.string().max(256).meta({ description: 'Id of the node that created it' }),
});
export type NodeVolume = z.infer<typeof nodeVolume>;

export const agentUsage = z.object({
  node_id: identifier,
  timestamp: z.number(),
  resources: nodeResources,
  running: z.number().int().nonnegative(),
  allocations: z.record(
    z.string(),
    z.object({ status: z.string(), tasks: z.record(z.string(), reportedUsage) }),
  ),
  left_out: z.number().int().nonnegative(),
  volumes: z.array(nodeVolume).max(MAX_NODE_VOLUMES).optional().meta({
    description:
      'Extension. Volumes of Muster on the machine, sorted by name, also those that another node id has created. Omitted if they could not be listed',
  }),
});
export type AgentUsage = z.infer<typeof agentUsage>;

/** Length of the interval that one point averages over, in seconds. */
export const USAGE_POINT_SECONDS = 30;

/** Usage in the interval that ended at `timestamp`. Values that could not be measured are omitted. */
export const usagePoint = z.object({
  timestamp: z.number(),
  cpu: z.number().nonnegative().optional(),
  memory_mb: z.number().nonnegative().optional(),
});
export type UsagePoint = z.infer<typeof usagePoint>;

export const usageHistory = z.object({
  allocation_id: z.string(),
  tasks: z.record(z.string(), z.array(usagePoint)),
});
export type UsageHistory = z.infer<typeof usageHistory>;

/** Number of most recent points to return per task. Default: all. */
export const newestPoints = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .optional()
  .meta({ description: 'Number of most recent points to return per task. Default: all' });

export const allocationId = z
  .string()
  .max(256)
  .meta({ description: 'Id of the allocation. Returns 404 if the node does not have it' });

/** One stream, or the lines of both in the order in which they were written. */
export const logType = z
  .enum(['stdout', 'stderr', 'both'])
  .default('both')
  .meta({ description: 'One stream, or the lines of both in the order in which they were written' });

export const logRequest = z.strictObject({
  query: z.literal('logs'),
  allocation_id: allocationId,
  task: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Task name. Optional if the allocation has only one task' }),
  type: logType,
  follow: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether to follow the output until the task ends' }),
  tail: z
    .number()
    .int()
    .min(0)
    .max(999_999_999)
    .optional()
    .meta({ description: 'Number of lines from the end of the log to start with. Default: all' }),
  since: z.number().min(0).max(99_999_999_999).optional().meta({
    description:
      'Return only lines from this time on, in Unix seconds by the node’s clock. Lines whose time is unknown are included',
  }),
  until: z.number().min(0).max(99_999_999_999).optional().meta({
    description:
      'Return only lines before this time, in Unix seconds by the node’s clock. A followed log ends then',
  }),
  timestamps: z.boolean().optional().meta({
    description:
      'Put the time of each line (RFC 3339, UTC) and a space before it, or `- ` if its time is unknown',
  }),
});

export const logCursor = z
  .string()
  .max(64)
  .meta({ description: 'Cursor from the response to `logs`. Returns 404 if it is no longer valid' });

/** Response to an idempotent removal. `gone` is false while a container, even an ended one, uses the volume. */
export const volumeRemoval = z.object({ volume: volumeName, gone: z.boolean() });
export type VolumeRemoval = z.infer<typeof volumeRemoval>;

export const logOpened = z.object({ cursor: z.string(), task: z.string() });

/** Seconds between SIGTERM and SIGKILL for tasks without `kill_timeout`. */
export const DEFAULT_KILL_TIMEOUT_SECONDS = 5;

/** Seconds between SIGTERM and SIGKILL, by task, where they have changed since the order. */
export const killTimeouts = z
  .record(z.string().max(64), z.number().min(0).max(3600))
  .refine((tasks) => Object.keys(tasks).length <= 64, 'at most 64 tasks');
export type KillTimeouts = z.infer<typeof killTimeouts>;

/** Query of a stop over HTTP. Throws nothing: text that is not JSON is a problem of the schema. */
export const stopQuery = z.object({
  kill_timeouts: z
    .string()
    .max(8192)
    .optional()
    .meta({
      description:
        'Extension. Seconds between SIGTERM and SIGKILL by task, as a JSON object, if they have changed since the order',
      examples: ['{"web":60}'],
    }),
});
