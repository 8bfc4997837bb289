import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { ALLOCATION_STATUSES, TASK_STATUSES } from '../jobs/job/allocation-status.js';
import { MAX_IMAGE_DIGEST } from '../jobs/job/chosen-image.js';
import { nodeResources } from '../kernel/resources.js';

const time = z.number().nullable().optional();
const timeOf = (what: string) =>
  time.meta({
    description: `${what}, in fractional Unix seconds by the node’s clock. Null if unknown or not reached yet`,
  });
const status = z.string().max(64);
const ALLOCATION_WORDS = {
  description:
    'One of `pending`, `running`, `complete`, `failed`, `stopped`, `lost`. The last four are final. Any other value is ignored, and shown with the job, with the node and in the log',
};
const TASK_WORDS = {
  description:
    'One of `pending`, `running`, `complete`, `failed`, `stopped`. The last three are final. Any other value is ignored',
};

/** An optional Muster extension. */
export const reportedUsage = z.object({
  memory_peak_mb: z.number().nonnegative().optional().meta({ description: 'Peak memory, in MiB' }),
  memory_average_mb: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Average memory while the task ran, in MiB' }),
  cpu_peak: z.number().nonnegative().optional().meta({ description: 'Peak CPU; 1000 is one core' }),
  cpu_average: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Average CPU while the task ran; 1000 is one core' }),
  cpu_seconds: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'CPU time across all cores, in seconds' }),
});
export type ReportedUsage = z.infer<typeof reportedUsage>;

const containerId = z
  .string()
  .max(128)
  .regex(/^([A-Za-z0-9][A-Za-z0-9._:/-]*)?$/, 'must be a container id')
  .nullable()
  .optional()
  .meta({
    description:
      'Extension. Id of the container that the task runs in. Sent once the task has started or ended',
  });

const result = z
  .looseObject({})
  .meta({
    description: 'Extension. Result of the task, in the format of its driver',
    additionalProperties: undefined,
  })
  .optional()
  .catch(undefined);

export const taskReport = z.object({
  status: status.meta(TASK_WORDS),
  start_time: timeOf('When the task started'),
  end_time: timeOf('When the task ended'),
  error: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'Short reason why the task failed or could not start' }),
  exit_code: z
    .number()
    .int()
    .nullable()
    .optional()
    .meta({ description: 'Exit code, once the task has exited' }),
  message: z.string().max(8192).nullable().optional().meta({ description: 'Human-readable outcome' }),
  usage: reportedUsage
    .optional()
    .meta({ description: 'Extension. Resources used so far. Values that could not be measured are omitted' }),
  container_id: containerId,
  prepared_time: timeOf(
    'Extension. When everything that the task needs, such as the image, was ready (sent when the task starts)',
  ),
  image_digest: z.string().max(MAX_IMAGE_DIGEST).nullable().optional().meta({
    description:
      'Extension. Image that the task was started from: `repository@sha256:…`, or the image id if it did not come from a registry. Sent when the task starts',
  }),
  checked: z.boolean().nullable().optional().meta({
    description:
      'Extension. Whether the agent checks the health of the task. If not, the task is healthy while it is running',
  }),
  healthy: z
    .boolean()
    .nullable()
    .optional()
    .meta({ description: 'Extension. Result of the health checks. Null or absent until there is one' }),
  health_message: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'Extension. Latest output of the check that determined the result' }),
  health_time: timeOf('Extension. When the health checks determined their result'),
  result,
});
export type TaskReport = z.infer<typeof taskReport>;

export const allocationReport = z.object({
  status: status.meta(ALLOCATION_WORDS),
  start_time: timeOf('When the first task started'),
  end_time: timeOf('When the last task ended'),
  message: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'Human-readable outcome of the allocation' }),
  tasks: z.record(z.string(), taskReport).default({}).meta({
    description: 'Tasks of the allocation, by name. Nothing is reported about a task that is missing',
  }),
  placed_at: z.number().int().nonnegative().optional().meta({
    description:
      'Extension. `placed_at` of the order. A report with a different value belongs to a different allocation with the same id',
  }),
});
export type AllocationReport = z.infer<typeof allocationReport>;

/** `POST /heartbeat`. If `allocations` is absent, nothing is reported about allocations. */
export const heartbeat = z.object({
  node_id: identifier.meta({ description: 'Id of the reporting node' }),
  resources: nodeResources.default({}).meta({
    description:
      'Current resources of the node, like in its registration, and their total usage: `cpu_used`, `memory_used`',
  }),
  healthy: z.boolean().default(true).meta({
    description:
      'Whether the node is healthy. An unhealthy node gets no new allocations; running ones continue',
  }),
  timestamp: z.number().optional().meta({
    description:
      'Time of the report, in Unix seconds by the node’s clock. A heartbeat that is older than one received earlier does not update the health and resources of the node',
  }),
  allocations: z.record(z.string(), allocationReport).optional().meta({
    description:
      'All allocations of the node, by id. Keep ended ones in the list until the server acknowledges them: an accepted allocation that is not listed counts as lost. If omitted, nothing is reported about allocations',
  }),
});
export type Heartbeat = z.infer<typeof heartbeat>;

function known<Word extends string>(words: readonly [Word, ...Word[]]) {
  const list = words.join(', ');
  return z.enum(words, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `must be one of ${list}, not ${JSON.stringify(input.slice(0, 64))}`
        : undefined,
  });
}

/** Unlike the contract's HTTP route, NATS refuses unknown statuses. This way, the author of an agent finds the mistake. */
export const heartbeatOverNats = heartbeat.extend({
  allocations: z
    .record(
      z.string(),
      allocationReport.extend({
        status: known(ALLOCATION_STATUSES).meta({
          description:
            'Status of the allocation. `complete`, `failed`, `stopped` and `lost` are final. Any other value is refused (400)',
        }),
        tasks: z
          .record(
            z.string(),
            taskReport.extend({
              status: known(TASK_STATUSES).meta({
                description:
                  'Status of the task. `complete`, `failed` and `stopped` are final. Any other value is refused (400)',
              }),
            }),
          )
          .default({})
          .meta({
            description: 'Tasks of the allocation, by name. Nothing is reported about a task that is missing',
          }),
      }),
    )
    .optional()
    .meta({
      description:
        'All allocations of the node, by id. Keep ended ones in the list until the server acknowledges them: an accepted allocation that is not listed counts as lost. If omitted, nothing is reported about allocations',
    }),
});

/** `GET /allocations/:id` on an agent. */
export const allocationStatus = allocationReport.extend({
  allocation_id: z.string(),
  job_id: z.string(),
  task_group: z.string(),
});
export type AllocationStatus = z.infer<typeof allocationStatus>;
