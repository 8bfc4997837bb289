import { z } from 'zod';
import { identifier } from '../identifier.js';

const percent = z.number().min(0).max(100);
/** Null where the device does not tell. */
const measured = z.number().nullable();

/** One GPU of a node, as `nvidia-smi` tells of it. */
export const gpuDevice = z.object({
  index: z.number().int().nonnegative(),
  uuid: z.string(),
  name: z.string(),
  driver_version: z.string(),
  memory_total_mb: measured,
  memory_used_mb: measured,
  utilization_percent: measured,
  temperature_celsius: measured,
  power_watts: measured,
  /** It is divided into instances, so nobody can be given the whole of it. */
  mig: z.boolean(),
});
export type GpuDevice = z.infer<typeof gpuDevice>;

/** What anybody who may see a node may see of its machine: nothing of what runs on it. */
export const agentMetrics = z.object({
  node_id: identifier,
  /** Of all cores, since the last measurement. */
  cpu_usage_percent: percent,
  memory_usage_percent: percent,
  gpus: z.array(gpuDevice),
  system: z.object({
    /** Unix seconds at which it was measured. */
    timestamp: z.number(),
    hostname: z.string(),
    os: z.string(),
    kernel: z.string(),
    arch: z.string(),
    cpu_cores: z.number().int(),
    /** Over 1, 5 and 15 minutes. */
    load_average: z.array(z.number()).length(3),
    memory_total_mb: z.number(),
    memory_used_mb: z.number(),
    uptime_seconds: z.number(),
    /** Why `gpus` may lack devices; null where nothing stood in the way. */
    gpu_problem: z.string().nullable(),
  }),
});
export type AgentMetrics = z.infer<typeof agentMetrics>;
