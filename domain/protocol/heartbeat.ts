import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { ALLOCATION_STATUSES, TASK_STATUSES } from '../jobs/job/allocation-status.js';
import { MAX_IMAGE_DIGEST } from '../jobs/job/chosen-image.js';
import { nodeResources } from '../kernel/resources.js';

const time = z.number().nullable().optional();
const timeOf = (what: string) =>
  time.meta({
    description: `${what}: Unix seconds by the node’s clock, with a fraction. Null: it is not known, or has not happened`,
  });
const status = z.string().max(64);
const ALLOCATION_WORDS = {
  description:
    'One of `pending`, `running`, `complete`, `failed`, `stopped`, `lost`. The last four are final. Another word changes nothing: the job, the node and the log then name it',
};
const TASK_WORDS = {
  description:
    'One of `pending`, `running`, `complete`, `failed`, `stopped`. The last three are final. Another word changes nothing',
};

/** Muster's extension; optional. */
export const reportedUsage = z.object({
  memory_peak_mb: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Most memory that it had at once, in MiB' }),
  memory_average_mb: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Memory on average while it ran, in MiB' }),
  cpu_peak: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Most processor that it used: 1000 is one core' }),
  cpu_average: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Processor on average while it ran: 1000 is one core' }),
  cpu_seconds: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'Processor time of all cores together, in seconds' }),
});
export type ReportedUsage = z.infer<typeof reportedUsage>;

/** As the runtime names it: `4c01db0b339c…` or `docker://4c01db0b339c…`; empty or null: none yet. */
const containerId = z
  .string()
  .max(128)
  .regex(/^([A-Za-z0-9][A-Za-z0-9._:/-]*)?$/, "must be a container's id")
  .nullable()
  .optional()
  .meta({
    description: 'Extension. Container that the task runs in, sent when the task has started or ended',
  });

/** The result of a task's driver. Only our agents have it; the field of other agents is ignored. */
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
  start_time: timeOf('When it started'),
  end_time: timeOf('When it ended'),
  error: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'Why it could not start or failed, in short' }),
  exit_code: z.number().int().nullable().optional().meta({ description: 'Exit code, once it has exited' }),
  message: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'What became of it, in words for people' }),
  usage: reportedUsage
    .optional()
    .meta({ description: 'Extension. Resources used so far. Values that could not be measured are absent' }),
  container_id: containerId,
  prepared_time: timeOf(
    'Extension. Time at which everything was ready for the start, such as the image. Sent with the start',
  ),
  image_digest: z.string().max(MAX_IMAGE_DIGEST).nullable().optional().meta({
    description:
      'Extension. Image that the task was started from: `repository@sha256:…`, or its id if it came from no registry. Sent with the start',
  }),
  checked: z.boolean().nullable().optional().meta({
    description: 'Extension. Whether the agent checks its health. If not, the task is healthy while it runs',
  }),
  healthy: z
    .boolean()
    .nullable()
    .optional()
    .meta({ description: 'Extension. Result of its checks. Null or absent until they have decided' }),
  health_message: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'Extension. Newest output of the check that decided' }),
  health_time: timeOf('Extension. When its checks decided'),
  result,
});
export type TaskReport = z.infer<typeof taskReport>;

/** Times are Unix seconds. */
export const allocationReport = z.object({
  status: status.meta(ALLOCATION_WORDS),
  start_time: timeOf('When its first task started'),
  end_time: timeOf('When its last task ended'),
  message: z
    .string()
    .max(8192)
    .nullable()
    .optional()
    .meta({ description: 'What became of the whole, in words for people' }),
  tasks: z
    .record(z.string(), taskReport)
    .default({})
    .meta({ description: 'Its tasks, by their names. Of a task that is not there nothing is said' }),
  placed_at: z.number().int().nonnegative().optional().meta({
    description:
      'Extension. `placed_at` of the order. A report with another value belongs to another allocation with the same id',
  }),
});
export type AllocationReport = z.infer<typeof allocationReport>;

/** `POST /heartbeat`. Absent `allocations` say nothing about allocations. */
export const heartbeat = z.object({
  node_id: identifier.meta({ description: 'The node that reports' }),
  resources: nodeResources.default({}).meta({
    description:
      'What the node has now, as in its registration, and what is used of it by anything: `cpu_used`, `memory_used`',
  }),
  healthy: z.boolean().default(true).meta({
    description: 'Whether the node is well. One that is not is given nothing new; what runs there goes on',
  }),
  timestamp: z.number().optional().meta({
    description:
      'When this was so: Unix seconds by the node’s clock. A heartbeat that is older than one that came before it says nothing of how the node is now',
  }),
  allocations: z.record(z.string(), allocationReport).optional().meta({
    description:
      'All that the node holds, by allocation id, what has ended too until an answer has come: an allocation that was accepted and is missing is taken for lost. Absent: nothing is said of allocations',
  }),
});
export type Heartbeat = z.infer<typeof heartbeat>;

/** Restricts to these values and lists them in the error. */
function known<Word extends string>(words: readonly [Word, ...Word[]]) {
  const list = words.join(', ');
  return z.enum(words, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `must be one of ${list}, and is ${JSON.stringify(input.slice(0, 64))}`
        : undefined,
  });
}

/** Unlike the contract's HTTP route, NATS refuses unknown statuses, so that an agent's author notices. */
export const heartbeatOverNats = heartbeat.extend({
  allocations: z
    .record(
      z.string(),
      allocationReport.extend({
        status: known(ALLOCATION_STATUSES).meta({
          description:
            'What became of it. `complete`, `failed`, `stopped` and `lost` are final. Another word is refused (400)',
        }),
        tasks: z
          .record(
            z.string(),
            taskReport.extend({
              status: known(TASK_STATUSES).meta({
                description:
                  'What became of it. `complete`, `failed` and `stopped` are final. Another word is refused (400)',
              }),
            }),
          )
          .default({})
          .meta({ description: 'Its tasks, by their names. Of a task that is not there nothing is said' }),
      }),
    )
    .optional()
    .meta({
      description:
        'All that the node holds, by allocation id, what has ended too until an answer has come: an allocation that was accepted and is not named is lost. Absent: nothing is said of allocations',
    }),
});

/** `GET /allocations/:id` on an agent. */
export const allocationStatus = allocationReport.extend({
  allocation_id: z.string(),
  job_id: z.string(),
  task_group: z.string(),
});
export type AllocationStatus = z.infer<typeof allocationStatus>;
