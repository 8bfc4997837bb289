import { z } from 'zod';
import { identifier } from '../identifier.js';
import { registryCredential } from '../image-registry/credential.js';
import { chosenImage, withoutChoice } from '../job/chosen-image.js';
import { task, type Task } from '../job/specification.js';
import { assignedPorts } from '../job/task-port.js';
import { contractTask, contractTaskOf, isOfContract, taskOf } from './task.js';

/**
 * A task of an order. In the contract's words where it has some, which every agent understands; else with its driver's name, which
 * only nodes are told that declared that driver.
 */
const orderTask = z.union([contractTask, task]).meta({ id: 'OrderTask', description: 'A task of an order: in the words of the contract, or with its driver' });
export type OrderTask = z.infer<typeof orderTask>;

/** A task as an agent is told of it. */
export function orderTaskOf(task: Task): OrderTask {
  if (isOfContract(task)) return contractTaskOf(task);
  const { sealed_env: _sealed, stored_in: _stored, ...told } = withoutChoice(task);
  return told;
}

/** A task that an agent was told of. */
export function taskOfOrder(told: OrderTask): Task {
  return 'driver' in told ? told : taskOf(told);
}

/**
 * `POST /allocations` on an agent. The epoch travels in a header. `gpu_devices` is ours: for each task the indexes
 * of the devices that it was given. So is `ports`: for each task the host ports that the scheduler chose, and what they are published to. So is `images`, for
 * tasks whose owner chose an image by more than its reference, so are `give_output` and `placed_at`, and so are the last three, where there are credentials for registries of its images: only our
 * agents are told these. Credentials are never written down.
 */
export const allocationOrder = z.object({
  allocation_id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must match [A-Za-z0-9][A-Za-z0-9_-]{0,99}')
    .meta({ description: 'The allocation. Reports, queries and the order to stop name it' }),
  job_id: identifier.meta({ description: 'The job that it is of' }),
  task_group: z
    .object({
      name: z.string().min(1).max(64).meta({ description: 'Name of the group' }),
      tasks: z.array(orderTask).min(1).max(64).meta({ description: 'Its tasks, all of which run' }),
    })
    .meta({ description: 'What runs, as the job has it' }),
  gpu_devices: z
    .record(z.string(), z.array(z.number().int().nonnegative()))
    .optional()
    .meta({ description: 'Ours. For each task the indexes of the GPUs that it was given' }),
  ports: assignedPorts.optional().meta({ description: 'Ours. For each task the host ports that the scheduler chose, and what they are published to' }),
  images: z
    .record(z.string(), chosenImage)
    .optional()
    .meta({ description: 'Ours. Which image a task is started from, where its owner chose one by more than its reference' }),
  give_output: z.array(z.string()).optional().meta({ description: 'Ours. Names of tasks that give back the end of what they write, as their result' }),
  placed_at: z.number().int().nonnegative().optional().meta({
    description:
      "Ours. When it was placed, in milliseconds since the Unix epoch. Another placement under the same id is another allocation: the server's log was restored",
  }),
  image_owner: z.string().optional().meta({ description: 'Ours. The tenant whose images its tasks run' }),
  network_owner: z.string().optional().meta({ description: 'Ours. The tenant on whose network its containers are. Absent: the network of the daemon' }),
  registries: z.array(z.string()).optional().meta({ description: 'Ours. Registries of its images for which there are credentials' }),
  registry_credentials: z
    .record(z.string(), registryCredential)
    .optional()
    .meta({ description: 'Ours. Credentials by registry. They are never to be written down' }),
});
export type AllocationOrder = z.infer<typeof allocationOrder>;

/** The tasks of an order, with all that it says of them for their drivers. */
export function tasksOfOrder({ task_group, give_output = [] }: Pick<AllocationOrder, 'task_group' | 'give_output'>): Task[] {
  return task_group.tasks.map(taskOfOrder).map((task) => (give_output.includes(task.name) ? { ...task, config: { ...task.config, give_output: true } } : task));
}

/** An order as an agent writes it down. */
export function withoutCredentials({ registry_credentials: _, ...order }: AllocationOrder): AllocationOrder {
  return order;
}

/** `GET /nodes/:id/desired` on the server, for our agents: all that the node should run, in its present epoch. */
export const desiredAllocations = z.object({
  node_id: identifier,
  epoch: z.number().int().positive(),
  digest: z.string(),
  allocations: z.array(allocationOrder),
});
export type DesiredAllocations = z.infer<typeof desiredAllocations>;
