import { z } from 'zod';
import { nodeTags } from '#domain/nodes/tags.js';
import { WORKER_STATUSES } from '#domain/protocol/index.js';
import { MAX_SLOTS } from '#domain/kernel/resources.js';
import { RUN_STATUSES } from '#domain/tasks/task/index.js';
import { moment, whole } from '#src/http/index.js';

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
const percent = z.number().min(0).max(100);
const status = z.enum(WORKER_STATUSES);
const maxTasks = z
  .number()
  .int()
  .min(0)
  .max(MAX_SLOTS)
  .meta({
    description: 'Number of slots for tasks. A run takes one slot unless its task requests more',
    examples: [20],
  });
const tags = nodeTags.meta({ description: 'Tags that tasks can require', examples: [['gpu', 'python']] });

const worker = {
  id: z.string().meta({ description: "Id of the worker's node", examples: ['worker-001'] }),
  name: z.string().meta({ description: 'Host name of the machine', examples: ['worker-node-1'] }),
  status: status.meta({ description: '`busy`: the worker sends heartbeats, and all its slots are in use' }),
  last_heartbeat: moment,
  current_tasks: count.meta({ description: 'Number of slots in use' }),
  max_tasks: maxTasks,
  tags,
  enabled: z.boolean().meta({ description: 'Whether the worker gets new runs' }),
};

export const workerView = z.object(worker).meta({
  id: 'Worker',
  description: 'A node in its role as a worker, or a worker that only sends heartbeats and gets no runs',
});

const systemInfo = z
  .object({ cpu_usage: percent.nullable(), memory_usage: percent.nullable(), disk_usage: percent.nullable() })
  .meta({ id: 'WorkerSystem', description: 'Usage of the machine in percent; null if unknown' });

const runningRun = z
  .object({
    task_id: z.number().int(),
    run_id: z.number().int(),
    status: z.enum(RUN_STATUSES),
    started_at: moment.nullable(),
  })
  .meta({ id: 'WorkerRun', description: 'A run on the worker' });

const share = z
  .object({ total: amount, used: amount })
  .meta({ id: 'WorkerShare', description: 'Total amount of a resource, and the amount in use' });

export const workerDetail = z
  .object({
    ...worker,
    drivers: z.array(z.string()).meta({
      description: 'Drivers of the worker: `exec` runs shell tasks, `http` HTTP calls, `python` scripts',
      examples: [['exec', 'http']],
    }),
    system_info: systemInfo,
    running_runs: z
      .array(runningRun)
      .meta({ description: "Runs of the caller's tenant or, for an administrator, all runs" }),
    capacity: z
      .record(z.string(), share)
      .meta({ description: 'Capacity, by resource', examples: [{ slots: { total: 10, used: 2 } }] }),
  })
  .meta({ id: 'WorkerDetail', description: 'A worker with its resources and runs' });

export const workerChange = z
  .strictObject({ max_tasks: maxTasks.optional(), tags: tags.optional(), enabled: worker.enabled.optional() })
  .meta({
    id: 'WorkerChange',
    description: 'Changes; omitted fields are unchanged',
    examples: [{ max_tasks: 20, tags: ['cpu', 'shell'], enabled: true }],
  });

export const workerHeartbeat = z
  .strictObject({
    status: status.default('online'),
    current_tasks: count.max(MAX_SLOTS).default(0),
    system_info: z
      .strictObject({
        cpu_usage: percent.optional(),
        memory_usage: percent.optional(),
        disk_usage: percent.optional(),
      })
      .optional(),
  })
  .meta({
    id: 'WorkerHeartbeat',
    description: 'State of a worker',
    examples: [
      {
        status: 'online',
        current_tasks: 3,
        system_info: { cpu_usage: 45.2, memory_usage: 60.8, disk_usage: 35.1 },
      },
    ],
  });
export type WorkerHeartbeat = z.infer<typeof workerHeartbeat>;

export const workerQuery = z.strictObject({
  page: whole(1, 1_000_000)
    .optional()
    .meta({ description: '1-based page number. If this and `size` are omitted, all workers are returned' }),
  size: whole(1, 100).optional().meta({ description: 'Items per page; 20 by default if `page` is set' }),
  status: status
    .optional()
    .meta({ title: 'WorkerStatusFilter', description: 'Only workers with this status' }),
  tag: z.string().max(63).optional().meta({ description: 'Only workers with this tag' }),
});

export const workerParams = z.object({
  worker_id: z
    .string()
    .max(256)
    .meta({ description: 'Id of the worker', examples: ['worker-001'] }),
});
