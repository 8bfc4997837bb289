import { z } from 'zod';
import { identifier } from '../identifier.js';
import { MAX_SLOTS, nodeResources } from '../resources.js';

/** One server tells the others what it heard. */
const batchOf = <Sign extends z.ZodObject<{ age_ms: z.ZodNumber }>>(sign: Sign) =>
  z.object({
    /** The server that heard it; made anew when it starts. */
    server: z.string().min(1).max(64),
    seen: z.array(sign).max(10_000),
  });

/** Milliseconds since it was heard. */
const age = z.number().nonnegative();

/** Which nodes. */
export const seenBatch = batchOf(
  z.object({
    node_id: identifier,
    /** 0: the server that heard it knew none. */
    epoch: z.number().int().nonnegative(),
    age_ms: age,
    resources: nodeResources,
    /** Its heartbeat named allocations, be it none. */
    lists: z.boolean(),
    /** The ids that it named; of third parties' agents only. */
    listed: z.array(z.string().max(256)).max(20_000).optional(),
    /** Unix seconds by the agent's own clock, as its newest heartbeat said. */
    said: z.number().optional(),
  }),
);
export type SeenBatch = z.infer<typeof seenBatch>;

export const WORKER_STATUSES = ['online', 'offline', 'busy'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];

const percent = z.number().min(0).max(100).optional();

/** Which workers, by the heartbeats that the tasks surface takes. */
export const workersBatch = batchOf(
  z.object({
    worker_id: identifier,
    age_ms: age,
    status: z.enum(WORKER_STATUSES),
    current_tasks: z.number().int().nonnegative().max(MAX_SLOTS),
    system_info: z.object({ cpu_usage: percent, memory_usage: percent, disk_usage: percent }).optional(),
  }),
);
export type WorkersBatch = z.infer<typeof workersBatch>;
/** What one server heard of one worker. */
export type WorkerSeen = Omit<WorkersBatch['seen'][number], 'age_ms'>;
