import path from 'node:path';
import { tasksOfOrder } from '#domain/protocol/index.js';
import type { TaskSpec } from '../drivers/driver.js';
import type { AllocationRecord } from '../journal/record.js';

export interface SpecParts {
  readonly nodeId: string;
  readonly directory: string;
  readonly deviceName: ((number: number) => string) | undefined;
  readonly credential: NonNullable<TaskSpec['credential']>;
}

export function specsOf(
  { allocationId, order, epoch, log }: AllocationRecord,
  { nodeId, directory, deviceName, credential }: SpecParts,
): readonly TaskSpec[] {
  if (order === undefined) return [];
  return tasksOfOrder(order).map(({ config, ...task }) => ({
    nodeId,
    log,
    epoch,
    allocationId,
    jobId: order.job_id,
    group: order.task_group.name,
    task,
    config,
    gpuDevices: order.gpu_devices?.[task.name] ?? [],
    gpuNames: (order.gpu_devices?.[task.name] ?? []).map((number) => deviceName?.(number) ?? String(number)),
    assignedPorts: order.ports?.[task.name] ?? [],
    chosenImage: order.images?.[task.name],
    imageOwner: order.image_owner,
    networkOwner: order.network_owner,
    networkName: order.network_name,
    problem: order.unresolved?.[task.name],
    credential,
    directory: path.join(directory, allocationId, task.name),
  }));
}
