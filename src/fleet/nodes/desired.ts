import { allocationsDigest } from '#agents/digest.js';
import type { Placement, PlacedNode } from '#domain/dispatch/placement.js';
import { orderTaskOf, type AllocationOrder } from '#domain/protocol/index.js';
import type { JobVersions } from './job-versions.js';

/** Digest of what a node should run; made anew only when that changes. */
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

/** The order of an allocation, in the contract's words; undefined where the log does not hold its group. Only our own agents are given credentials. */
export async function orderOf(placement: Placement, jobs: JobVersions, { protocol }: Pick<PlacedNode, 'protocol'>): Promise<AllocationOrder | undefined> {
  const { allocationId, jobId, jobVersion, gpuDevices, assignedPorts } = placement;
  const group = await jobs.group(jobId, jobVersion, placement.group);
  if (group === undefined) return undefined;
  const rights = protocol === 'muster' ? await jobs.imageRights(jobId, jobVersion, group) : {};
  return {
    allocation_id: allocationId,
    job_id: jobId,
    task_group: { name: group.name, tasks: group.tasks.map(orderTaskOf) },
    ...rights,
    ...(gpuDevices === undefined ? {} : { gpu_devices: Object.fromEntries(Object.entries(gpuDevices).map(([task, devices]) => [task, [...devices]])) }),
    ...(assignedPorts === undefined ? {} : { ports: Object.fromEntries(Object.entries(assignedPorts).map(([task, ports]) => [task, [...ports]])) }),
  };
}
