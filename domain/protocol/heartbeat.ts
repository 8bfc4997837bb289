import { z } from 'zod';
import { identifier } from '../identifier.js';
import { ALLOCATION_STATUSES, TASK_STATUSES } from '../job/allocation-status.js';
import { MAX_IMAGE_DIGEST } from '../job/chosen-image.js';
import { nodeResources } from '../resources.js';

const time = z.number().nullable().optional();
/** Any string: one that is not known changes nothing, and is recorded. */
const status = z.string().max(64);

/** What a task used so far; ours, optional. */
export const reportedUsage = z.object({
  memory_peak_mb: z.number().nonnegative().optional(),
  memory_average_mb: z.number().nonnegative().optional(),
  cpu_peak: z.number().nonnegative().optional(),
  cpu_average: z.number().nonnegative().optional(),
  cpu_seconds: z.number().nonnegative().optional(),
});
export type ReportedUsage = z.infer<typeof reportedUsage>;

/** As runtimes name their containers: `4c01db0b339c…`, `docker://4c01db0b339c…`; empty or null: there is none yet. */
const containerId = z
  .string()
  .max(128)
  .regex(/^([A-Za-z0-9][A-Za-z0-9._:/-]*)?$/, "must be a container's id")
  .nullable()
  .optional();

/** What a task's driver gave back. Ours alone know it: what another agent calls so counts for nothing. */
const result = z
  .looseObject({})
  .meta({ description: 'Ours. What the task gave back, in the words of its driver', additionalProperties: undefined })
  .optional()
  .catch(undefined);

export const taskReport = z.object({
  status,
  start_time: time,
  end_time: time,
  error: z.string().max(8192).nullable().optional(),
  exit_code: z.number().int().nullable().optional(),
  message: z.string().max(8192).nullable().optional(),
  usage: reportedUsage.optional(),
  /** Ours, optional: the container that the task runs in. It is heard with the task's start or its end. */
  container_id: containerId,
  /** Ours, optional: when all that its start needs was there (its image), and which image it was started from. Heard with its start. */
  prepared_time: time,
  image_digest: z.string().max(MAX_IMAGE_DIGEST).nullable().optional(),
  /** Ours, optional: its agent checks its health. Else it is healthy while it runs. */
  checked: z.boolean().nullable().optional(),
  /** Whether it is healthy, the newest answer of the check that decided it, and when; null, or absent: that is not decided. */
  healthy: z.boolean().nullable().optional(),
  health_message: z.string().max(8192).nullable().optional(),
  health_time: time,
  result,
});
export type TaskReport = z.infer<typeof taskReport>;

/** What an agent says of one allocation. Times are Unix seconds. */
export const allocationReport = z.object({
  status,
  start_time: time,
  end_time: time,
  message: z.string().max(8192).nullable().optional(),
  tasks: z.record(z.string(), taskReport).default({}),
  /** Ours, optional: as the order says it. A report of another placement under the same id says nothing of this one. */
  placed_at: z.number().int().nonnegative().optional(),
});
export type AllocationReport = z.infer<typeof allocationReport>;

/** `POST /heartbeat`. Absent `allocations` say nothing about allocations. */
export const heartbeat = z.object({
  node_id: identifier,
  resources: nodeResources.default({}),
  healthy: z.boolean().default(true),
  timestamp: z.number().optional(),
  allocations: z.record(z.string(), allocationReport).optional(),
});
export type Heartbeat = z.infer<typeof heartbeat>;

/** Over NATS a status that is not known is refused, so that the author of an agent learns of it at once. The contract's HTTP route takes any. */
export const heartbeatOverNats = heartbeat.extend({
  allocations: z
    .record(
      z.string(),
      allocationReport.extend({
        status: z.enum(ALLOCATION_STATUSES),
        tasks: z.record(z.string(), taskReport.extend({ status: z.enum(TASK_STATUSES) })).default({}),
      }),
    )
    .optional(),
});

/** `GET /allocations/:id` on an agent. */
export const allocationStatus = allocationReport.extend({
  allocation_id: z.string(),
  job_id: z.string(),
  task_group: z.string(),
});
export type AllocationStatus = z.infer<typeof allocationStatus>;
