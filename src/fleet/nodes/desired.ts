import { allocationsDigest } from '#agents/platform/digest.js';
import type { Placement, PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import { dockerDriver, type DockerConfig } from '#domain/drivers/docker/index.js';
import { repositoryOf } from '#domain/accounts/registry/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import { isOfContract, orderTaskOf, type AllocationOrder } from '#domain/protocol/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { JobVersions } from './job-versions.js';

export class DesiredDigests {
  readonly #digests = new WeakMap<PlacedNode, { readonly version: number; readonly digest: string }>();

  of(node: PlacedNode | undefined): string {
    if (node === undefined) return allocationsDigest([]);
    const known = this.#digests.get(node);
    if (known?.version === node.wantedVersion) return known.digest;
    const digest = allocationsDigest(node.wanted().map(({ allocationId }) => allocationId));
    this.#digests.set(node, { version: node.wantedVersion, digest });
    return digest;
  }
}

/** Builds the order of an allocation in the contract's format, or undefined if the log lacks its group. Only Muster's own agents get credentials. */
export async function orderOf(
  placement: Placement,
  jobs: JobVersions,
  { nodeId, protocol }: Pick<PlacedNode, 'nodeId' | 'protocol'>,
): Promise<AllocationOrder | undefined> {
  const { allocationId, jobId, jobVersion, gpuDevices, assignedPorts } = placement;
  const stored = await jobs.group(jobId, jobVersion, placement.group);
  if (stored === undefined) return undefined;
  const owner = await jobs.owner(jobId, jobVersion);
  const addressed =
    protocol === 'muster' ? await jobs.addresses?.in(stored.tasks, owner, { nodeId }) : undefined;
  const { tasks = stored.tasks, unresolved = {} } = addressed ?? {};
  const group = { ...stored, tasks: tasks.map(byDigest) };
  const ours =
    protocol === 'muster'
      ? {
          placed_at: placement.placedAt,
          ...imagesOf(group),
          ...outputsOf(group),
          ...(await jobs.imageRights(jobId, jobVersion, group)),
          ...networkOf(group, owner, await jobs.addresses?.networkName(jobId)),
          ...(Object.keys(unresolved).length > 0 && { unresolved }),
        }
      : {};
  return {
    allocation_id: allocationId,
    job_id: jobId,
    task_group: { name: group.name, tasks: group.tasks.map(orderTaskOf) },
    ...ours,
    ...(gpuDevices === undefined
      ? {}
      : {
          gpu_devices: Object.fromEntries(
            Object.entries(gpuDevices).map(([task, devices]) => [task, [...devices]]),
          ),
        }),
    ...(assignedPorts === undefined
      ? {}
      : {
          ports: Object.fromEntries(Object.entries(assignedPorts).map(([task, ports]) => [task, [...ports]])),
        }),
  };
}

function byDigest(task: Task): Task {
  const { image_digest: digest } = task;
  if (digest?.includes('@') !== true || task.driver !== dockerDriver.name) return task;
  const { image_digest: _digest, ...rest } = task;
  const config = task.config as DockerConfig;
  return repositoryOf(digest) === repositoryOf(config.image)
    ? { ...rest, config: { ...config, image: digest } }
    : rest;
}

function networkOf(
  { tasks }: TaskGroup,
  owner: JobOwner | undefined,
  name: string | undefined,
): Pick<AllocationOrder, 'network_owner' | 'network_name'> {
  const tenant = owner?.tenant ?? null;
  return tenant === null || !tasks.some(({ driver }) => driver === dockerDriver.name)
    ? {}
    : { network_owner: tenantSubject(tenant), ...(name !== undefined && { network_name: name }) };
}

function imagesOf({ tasks }: TaskGroup): Pick<AllocationOrder, 'images'> {
  const chosen = tasks.flatMap(({ name, image_digest, pull_image }) =>
    image_digest === undefined && pull_image === undefined
      ? []
      : [
          [
            name,
            { ...(image_digest !== undefined && { image_digest }), ...(pull_image && { pull_image }) },
          ] as const,
        ],
  );
  return chosen.length === 0 ? {} : { images: Object.fromEntries(chosen) };
}

/** Lists the tasks that must report their last output, because the contract's format leaves `give_output` out of their config. */
function outputsOf({ tasks }: TaskGroup): Pick<AllocationOrder, 'give_output'> {
  const asked = tasks.filter((task) => isOfContract(task) && 'give_output' in task.config);
  return asked.length === 0 ? {} : { give_output: asked.map(({ name }) => name) };
}
