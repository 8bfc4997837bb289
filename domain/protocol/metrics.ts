import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';

const percent = z.number().min(0).max(100);
const measured = z.number().nullable();

/** A GPU as reported by `nvidia-smi`. */
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
  /** Whether the device is divided into instances, so it cannot be allocated as a whole. */
  mig: z.boolean(),
});
export type GpuDevice = z.infer<typeof gpuDevice>;

/** Metrics of a node's machine, excluding its workloads. */
export const agentMetrics = z.object({
  node_id: identifier,
  cpu_usage_percent: percent,
  memory_usage_percent: percent,
  gpus: z.array(gpuDevice),
  system: z.object({
    timestamp: z.number(),
    hostname: z.string(),
    os: z.string(),
    kernel: z.string(),
    arch: z.string(),
    cpu_cores: z.number().int(),
    load_average: z.array(z.number()).length(3),
    memory_total_mb: z.number(),
    memory_used_mb: z.number(),
    uptime_seconds: z.number(),
    /** Explains missing devices in `gpus`. Null if nothing failed. */
    gpu_problem: z.string().nullable(),
  }),
});
export type AgentMetrics = z.infer<typeof agentMetrics>;
