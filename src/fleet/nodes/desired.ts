import { allocationsDigest } from '#agents/platform/digest.js';
import type { Placement, PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import { dockerDriver, type DockerConfig } from '#domain/drivers/docker/index.js';
import { repositoryOf } from '#domain/accounts/registry/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import {
  isOfContract,
  orderTaskOf,
  type AllocationOrder,
  type DesiredAllocations,
} from '#domain/protocol/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { DeliveredOrders } from './delivered-orders.js';
import type { JobVersions } from './job-versions.js';
import type { LivePlacements } from './live-placements.js';
import type { AgentCall, NodeAnswer } from './node-commands.js';

/** What {@link DesiredLists} need of a server. */
export interface DesiredParts {
  readonly placements: LivePlacements;
  readonly jobs: JobVersions;
  /** Told which allocations are in the lists that agents have fetched. */
  readonly lists?: Pick<DeliveredOrders, 'given'>;
}

/** How long a response waits for this server to fold the events that it has just appended, in milliseconds. */
const OWN_FOLD_TIMEOUT_MS = 500;
const LOOKUP_CONCURRENCY = 16;

/** The lists of the allocations that nodes should run. Agents fetch a list when its digest differs from their own. */
export class DesiredLists {
  readonly #digests = new WeakMap<PlacedNode, { readonly version: number; readonly digest: string }>();

  constructor(private readonly parts: DesiredParts) {}

  /** Returns the response to a request that recorded the events up to `position`, with the digest of the node's list after their fold. */
  async answer(nodeId: string, epoch: number, position: bigint | undefined): Promise<NodeAnswer> {
    const { placements } = this.parts;
    if (position !== undefined) await placements.waitFor(position, OWN_FOLD_TIMEOUT_MS);
    const digest = this.#digestOf(placements.state.nodes.get(nodeId));
    return { epoch, digest, ...(position === undefined ? {} : { position }) };
  }

  /** Returns the current list of a registered node. Throws `MUSTER_E_NODE_NOT_FOUND` or `MUSTER_E_NODE_STALE_EPOCH`. */
  async list(nodeId: string, { epoch }: Pick<AgentCall, 'epoch'>): Promise<DesiredAllocations> {
    const { placements, jobs, lists } = this.parts;
    await placements.whenReady();
    // The agent stops allocations that are not on the list, so a list that predates another server's order would stop a new allocation.
    await placements.whenAtHead();
    const node = placements.state.nodes.get(nodeId);
    if (node === undefined || node.epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
    if (epoch !== undefined && epoch !== node.epoch)
      throw new MusterError('MUSTER_E_NODE_STALE_EPOCH', { nodeId, epoch, current: node.epoch });
    const wanted = node.wanted();
    const allocations: AllocationOrder[] = [];
    const kept: string[] = [];
    for (let from = 0; from < wanted.length; from += LOOKUP_CONCURRENCY) {
      const some = await Promise.all(
        wanted.slice(from, from + LOOKUP_CONCURRENCY).map((placement) => orderOf(placement, jobs, node)),
      );
      for (const [at, order] of some.entries()) {
        if (order === undefined) kept.push(wanted[from + at]!.allocationId);
        else allocations.push(order);
      }
    }
    lists?.given(
      nodeId,
      allocations.map((each) => each.allocation_id),
    );
    const digest = this.#digestOf(node);
    return { node_id: nodeId, epoch: node.epoch, digest, allocations, ...(kept.length > 0 && { kept }) };
  }

  #digestOf(node: PlacedNode | undefined): string {
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
