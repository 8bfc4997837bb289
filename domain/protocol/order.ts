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
const orderTask = z.union([contractTask, task]);
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
  allocation_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must match [A-Za-z0-9][A-Za-z0-9_-]{0,99}'),
  job_id: identifier,
  task_group: z.object({ name: z.string().min(1).max(64), tasks: z.array(orderTask).min(1).max(64) }),
  gpu_devices: z.record(z.string(), z.array(z.number().int().nonnegative())).optional(),
  ports: assignedPorts.optional(),
  images: z.record(z.string(), chosenImage).optional(),
  /** Tasks in the contract's words, which has none for it, that give back the end of what they write. */
  give_output: z.array(z.string()).optional(),
  /** When it was placed, in milliseconds since the Unix epoch. Another placement under the same id is another allocation: the server's log was restored. */
  placed_at: z.number().int().nonnegative().optional(),
  /** Whose images its tasks run. */
  image_owner: z.string().optional(),
  /** Whose network its containers are on; absent: the one of the daemon, which all such share. */
  network_owner: z.string().optional(),
  /** Those that there are credentials for. */
  registries: z.array(z.string()).optional(),
  registry_credentials: z.record(z.string(), registryCredential).optional(),
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
