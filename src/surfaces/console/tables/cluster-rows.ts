import { DEFAULT_PRIORITY } from '#domain/jobs/job/specification.js';
import { waitingSentence } from '#domain/work/index.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';
import type { JobDocument, SlotDocument } from '#projections/jobs/jobs.js';
import type { NodeDocument } from '#projections/nodes/nodes.js';
import { SHARED, type Holder } from '../viewer.js';
import type { Row } from '../contract.js';
import { lower, time, type Made } from './made.js';

export interface JobRow extends Omit<Row<'jobs'>, 'owner'> {
  readonly ownerId: string | undefined;
  readonly waitsSince: string | undefined;
}

export function jobEntry(job: JobDocument): Made<JobRow> {
  const { jobId, specification, slots, blocked, owner, createdAt, updatedAt, status, stopped } = job;
  const filled = Object.values(slots).flatMap((group) => group.filter((slot) => slot !== null));
  const running = filled.filter(isRunning);
  const ownerId = owner?.surface === undefined ? undefined : owner.principal;
  const wanted = specification.task_groups.reduce((sum, { count = 1 }) => sum + count, 0);
  const type = owner?.surface ?? 'cluster';
  return {
    holder: holderOf(owner),
    text: lower(jobId, type, status),
    row: {
      id: jobId,
      type,
      status,
      priority: specification.priority ?? DEFAULT_PRIORITY,
      ownerId,
      groups: specification.task_groups.length,
      wanted: stopped ? 0 : wanted,
      running: running.length,
      healthy: running.filter(({ outdated }) => outdated !== true).length,
      waits: blocked === null ? null : waitsWords(blocked.reasons),
      waitsSince: blocked === null ? undefined : time(blocked.since),
      created_at: time(createdAt),
      changed_at: time(updatedAt),
    },
  };
}

function isRunning({ status }: SlotDocument): boolean {
  return status === 'running';
}

function holderOf(owner: JobDocument['owner']): Holder | undefined {
  if (owner === undefined || owner.tenant === null) return undefined;
  const { tenant: tenantId, principal: userId, surface } = owner;
  return { tenantId, userId, ...(surface === 'gpu' && { private: true }) };
}

function waitsWords(reasons: NonNullable<JobDocument['blocked']>['reasons']): string {
  const groups = Object.keys(reasons);
  return groups.length === 1
    ? waitingSentence(reasons, groups[0] ?? '')
    : groups.map((group) => `${group}: ${waitingSentence(reasons, group)}`).join(' ');
}

export interface AllocationRow extends Omit<Row<'allocations'>, 'node_name'> {
  readonly holds: boolean;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}

/** The holder of an allocation is the holder of its job, which is looked up later. */
export function allocationEntry(allocation: AllocationDocument): Made<AllocationRow> {
  const { allocationId, jobId, group, nodeId, status, startTime, endTime, createdAt, message } = allocation;
  const { resources, gpuDevices = {} } = allocation;
  return {
    holder: undefined,
    text: lower(allocationId, jobId, group, status, nodeId),
    row: {
      id: allocationId,
      job: jobId,
      group,
      node: nodeId,
      status,
      since: time(startTime === null ? createdAt : startTime * 1000),
      ended_at: endTime === null ? null : time(endTime * 1000),
      reason: message,
      holds: allocation.released === null,
      cpu: resources['cpu'] ?? 0,
      memory: resources['memory'] ?? 0,
      gpus: Object.values(gpuDevices).reduce((sum, devices) => sum + devices.length, 0),
    },
  };
}

export interface NodeRow extends Omit<Row<'nodes'>, 'name' | 'cpu' | 'memory' | 'gpus' | 'allocations'> {
  readonly total: Readonly<Record<'cpu' | 'memory' | 'gpus', number>>;
  /** Time of the latest event that proves that the node is alive. */
  readonly lastSign: string;
}

export function nodeEntry(node: NodeDocument): Made<NodeRow> {
  const { nodeId, down, healthy, eligible, draining, resources, attributes, registeredAt, tags = [] } = node;
  const status = down ? 'down' : healthy ? 'ready' : 'unhealthy';
  const labels = Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      typeof value === 'object' ? [] : [[name, String(value)]],
    ),
  );
  return {
    holder: SHARED,
    text: lower(nodeId, status, ...tags, draining ? 'draining' : ''),
    row: {
      id: nodeId,
      status,
      eligible,
      draining,
      total: {
        cpu: resources['cpu'] ?? 0,
        memory: resources['memory'] ?? 0,
        gpus: resources['gpus'] ?? 0,
      },
      labels,
      tags: [...tags],
      since: time(registeredAt),
      lastSign: time(node.lastHeartbeat),
    },
  };
}
