import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { MAX_SLOTS, nodeResources } from '../kernel/resources.js';

const batchOf = <Sign extends z.ZodObject<{ age_ms: z.ZodNumber }>>(sign: Sign) =>
  z.object({
    server: z.string().min(1).max(64),
    seen: z.array(sign).max(10_000),
  });

/** Milliseconds since the heartbeat was received. */
const age = z.number().nonnegative();

export const seenBatch = batchOf(
  z.object({
    node_id: identifier,
    epoch: z.number().int().nonnegative(),
    age_ms: age,
    resources: nodeResources,
    lists: z.boolean(),
    listed: z.array(z.string().max(256)).max(20_000).optional(),
    said: z.number().optional(),
  }),
);
export type SeenBatch = z.infer<typeof seenBatch>;

export const WORKER_STATUSES = ['online', 'offline', 'busy'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];

const percent = z.number().min(0).max(100).optional();

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
export type WorkerSeen = Omit<WorkersBatch['seen'][number], 'age_ms'>;
