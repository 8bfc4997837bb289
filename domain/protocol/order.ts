import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';
import { registryCredential } from '../accounts/registry/credential.js';
import { chosenImage, withoutChoice } from '../jobs/job/chosen-image.js';
import { task, type Task } from '../jobs/job/specification.js';
import { assignedPorts } from '../jobs/job/task-port.js';
import { contractTask, contractTaskOf, isOfContract, taskOf } from './task.js';

const orderTask = z.union([contractTask, task]).meta({
  id: 'OrderTask',
  description: 'A task of an order, either in the format of the contract or with its driver',
});
export type OrderTask = z.infer<typeof orderTask>;

export function orderTaskOf(task: Task): OrderTask {
  if (isOfContract(task)) return contractTaskOf(task);
  const { sealed_env: _sealed, stored_in: _stored, ...told } = withoutChoice(task);
  return told;
}

export function taskOfOrder(told: OrderTask): Task {
  return 'driver' in told ? told : taskOf(told);
}

/**
 * Body of `POST /allocations` on an agent; the epoch is in a header. Muster's extensions are sent only to Muster's own agents:
 * `gpu_devices` and `ports` assign devices and host ports by task, `images` pins images, `give_output` requests output, `placed_at` is the
 * time of placement, and the other optional fields are about tenants and registry credentials, which are never written to disk.
 */
export const allocationOrder = z.object({
  allocation_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must match [A-Za-z0-9][A-Za-z0-9_-]{0,99}')
    .meta({ description: 'Id of the allocation. Reports, queries and stop orders refer to it' }),
  job_id: identifier.meta({ description: 'Id of the job' }),
  task_group: z
    .object({
      name: z.string().min(1).max(64).meta({ description: 'Name of the group' }),
      tasks: z
        .array(orderTask)
        .min(1)
        .max(64)
        .meta({ description: 'Tasks of the group, all of which are run' }),
    })
    .meta({ description: 'Task group to run, as defined in the job' }),
  gpu_devices: z
    .record(z.string(), z.array(z.number().int().nonnegative()))
    .optional()
    .meta({ description: 'Extension. Indexes of the GPUs assigned to each task' }),
  ports: assignedPorts.optional().meta({
    description:
      'Extension. Host ports that the scheduler assigned to each task, and the container ports that they are published to',
  }),
  images: z.record(z.string(), chosenImage).optional().meta({
    description:
      'Extension. Image to start each task from, for tasks whose image is pinned or must be pulled again',
  }),
  give_output: z.array(z.string()).optional().meta({
    description:
      'Extension. Names of tasks for which the agent reports the last part of the output (8 KiB) as the result',
  }),
  placed_at: z.number().int().nonnegative().optional().meta({
    description:
      "Extension. Time of the placement, in milliseconds since the Unix epoch. After a restore of the server's log, a different allocation can have the same id",
  }),
  image_owner: z.string().optional().meta({ description: 'Extension. Tenant whose images the tasks run' }),
  network_owner: z.string().optional().meta({
    description: "Extension. Tenant whose network the containers join. Default: the daemon's default network",
  }),
  network_name: z.string().max(63).optional().meta({
    description: "Extension. The containers' additional name on the network of their tenant",
  }),
  unresolved: z.record(z.string(), z.string()).optional().meta({
    description:
      'Extension. Why a task cannot be started: its environment refers to a service without an address',
  }),
  registries: z
    .array(z.string())
    .optional()
    .meta({ description: 'Extension. Registries of the images for which credentials exist' }),
  registry_credentials: z
    .record(z.string(), registryCredential)
    .optional()
    .meta({ description: 'Extension. Credentials, by registry. Never store them' }),
});
export type AllocationOrder = z.infer<typeof allocationOrder>;

export function tasksOfOrder({
  task_group,
  give_output = [],
}: Pick<AllocationOrder, 'task_group' | 'give_output'>): Task[] {
  return task_group.tasks
    .map(taskOfOrder)
    .map((task) =>
      give_output.includes(task.name) ? { ...task, config: { ...task.config, give_output: true } } : task,
    );
}

/** Returns the order as an agent stores it. */
export function withoutCredentials({ registry_credentials: _, ...order }: AllocationOrder): AllocationOrder {
  return order;
}

/** Response of `GET /nodes/:id/desired`, for Muster's own agents: everything that the node should run in its current epoch. */
export const desiredAllocations = z.object({
  node_id: identifier,
  epoch: z.number().int().positive(),
  digest: z.string(),
  allocations: z.array(allocationOrder),
  kept: z.array(z.string()).optional().meta({
    description: 'Ids of allocations whose orders the log no longer contains. Those that run keep running',
  }),
});
export type DesiredAllocations = z.infer<typeof desiredAllocations>;
