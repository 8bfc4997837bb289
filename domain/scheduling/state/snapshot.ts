import type { StopReason, Trigger } from '../plan-log/events.js';
import { ClusterState, markEverything } from './cluster-state.js';
import { addLost } from './fold-lost.js';
import type { JobQueue } from './job-queue.js';
import { awaitedBy, devicesOf } from './fold-plan.js';
import type { JobOwner } from '../../jobs/job/events.js';
import { quotaUseOf, type QuotaRecord } from '../capacity/quota-ledger.js';
import type { ReschedulePolicy } from '../../jobs/job/restart.js';
import type { VolumeDemand } from '../../jobs/job/volume.js';
import type { VolumeRecord } from '../capacity/volume-ledger.js';
import {
  NO_CONSTRAINTS,
  type ConstraintSet,
  type GroupData,
  type ShapeData,
} from '../feasibility/group-specification.js';
import type { AdmittedNode, Cause, NodeFacts } from '../capacity/node-facts.js';
import {
  emptySlot,
  maxRunOf,
  type Blockage,
  type LiveAllocation,
  type Report,
  type ScheduledGroup,
  type ScheduledJob,
  type Slot,
} from './scheduled-job.js';

/** Raise this whenever the records below or the fold change. Snapshots of other formats are discarded. */
export const SNAPSHOT_FORMAT = 22;

interface AllocationRecord {
  readonly id: string;
  readonly node: number;
  readonly version: number;
  /** Absent if it is its group's. Null if it has to be replaced in any case. */
  readonly work?: string | null;
  readonly resources?: Record<string, number>;
  readonly ports?: readonly number[];
  readonly volumes?: readonly VolumeDemand[];
  readonly devices?: LiveAllocation['gpuDevices'];
  readonly owner?: JobOwner | null;
  /** Absent if it is its group's. Null if it is unlimited. */
  readonly maxRunMs?: number | null;
  readonly order: number;
  readonly at: number;
  readonly stopping?: StopReason;
  readonly reported?: Report;
}

interface LostRecord {
  readonly id: string;
  readonly node: number;
  readonly resources: Record<string, number>;
  readonly ports?: readonly number[];
  readonly volumes?: readonly VolumeDemand[];
  readonly devices?: readonly number[];
}

type SlotRecord = readonly [number, Partial<Omit<Slot, 'allocation'>>, AllocationRecord?];

interface JobRecord {
  readonly id: string;
  readonly version: number;
  readonly priority: number;
  readonly owner?: JobOwner;
  readonly stopped: boolean;
  readonly deleted: boolean;
  readonly groups: readonly {
    readonly name: string;
    readonly identity: string | null;
    readonly reschedule?: ReschedulePolicy;
    readonly count: number;
    readonly since: number;
    readonly replaceable?: number;
    readonly slots: readonly SlotRecord[];
  }[];
  readonly pending: readonly Trigger[];
  readonly blocked?: Omit<Blockage, 'shapes' | 'quotas'>;
  readonly cause: Cause;
}

interface ShapeRecord extends Omit<ShapeData, 'jobConstraints'> {
  readonly jobConstraints: string;
}

export type SnapshotRecord =
  | {
      readonly kind: 'state';
      readonly planRevision: number;
      readonly placements: number;
      readonly epoch?: string;
    }
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly facts: NodeFacts | null;
      readonly admitted: AdmittedNode | null;
      readonly takenPorts?: readonly (readonly [number, number])[];
      readonly cause: Cause;
    }
  | { readonly kind: 'volume'; readonly volume: VolumeRecord }
  | { readonly kind: 'lost'; readonly allocation: LostRecord }
  | { readonly kind: 'quotas'; readonly quotas: QuotaRecord }
  | { readonly kind: 'constraints'; readonly set: ConstraintSet }
  | { readonly kind: 'group'; readonly data: GroupData; readonly shape: ShapeRecord }
  | { readonly kind: 'job'; readonly job: JobRecord }
  | { readonly kind: 'waiting'; readonly shape: string; readonly jobs: readonly string[] };

/**
 * Returns the state as records. Equal states produce equal records in the same order, on which `verify` relies. Only the order of nodes is part of
 * the state; jobs are in the order of their first events.
 */
export function* recordsOf(state: ClusterState): Generator<SnapshotRecord> {
  const { planRevision, placements, epoch } = state;
  yield { kind: 'state', planRevision, placements, ...(epoch === '' ? {} : { epoch }) };
  for (const { id, facts = null, admitted = null, takenPorts, cause } of state.nodes) {
    const taken = takenPorts.size > 0 && { takenPorts: [...takenPorts] };
    yield { kind: 'node', id, facts, admitted, ...taken, cause };
  }
  yield { kind: 'quotas', quotas: state.quotas.record() };
  for (const volume of state.ledger.volumes.records()) yield { kind: 'volume', volume };
  for (const allocation of lostRecords(state)) yield { kind: 'lost', allocation };
  const told = new Set<string>();
  for (const job of state.jobs.values()) {
    for (const { specification } of job.groups) {
      if (specification === undefined || told.has(specification.identity)) continue;
      told.add(specification.identity);
      const { shape, ...data } = specification;
      const set = shape.data.jobConstraints;
      if (set.digest !== '' && !told.has(set.digest)) yield { kind: 'constraints', set };
      told.add(set.digest);
      yield { kind: 'group', data, shape: { ...shape.data, jobConstraints: set.digest } };
    }
    yield { kind: 'job', job: recordOf(job) };
  }
  // Recorded because reservations depend on this order, and because a blocked job with a newer version is not in a queue until it is evaluated.
  for (const [shape, queue] of state.agenda.waiting)
    yield { kind: 'waiting', shape: shape.data.key, jobs: inOrder(queue) };
}

function inOrder(queue: JobQueue): string[] {
  const ids: string[] = [];
  for (let priority = queue.highest(); priority >= 0; priority -= 1)
    for (const { id } of queue.of(priority)) ids.push(id);
  return ids;
}

/** Restores the state record by record, and puts everything on its agenda. */
export class Restoration {
  readonly #state = new ClusterState();
  readonly #sets = new Map<string, ConstraintSet>([['', NO_CONSTRAINTS]]);
  readonly #groups = new Map<string, { readonly data: GroupData; readonly shape: ShapeData }>();
  readonly #allocations: LiveAllocation[] = [];

  add(record: SnapshotRecord): void {
    switch (record.kind) {
      case 'state':
        this.#state.planRevision = record.planRevision;
        this.#state.placements = record.placements;
        this.#state.epoch = record.epoch ?? '';
        return;
      case 'node':
        return restoreNode(this.#state, record);
      case 'volume': {
        const { name, node, closing } = record.volume;
        if (node !== null) this.#state.ledger.volumes.settle(name, node);
        if (closing !== undefined) this.#state.ledger.volumes.close(name, closing);
        return;
      }
      case 'lost': {
        const { id, node, resources, ports, volumes, devices } = record.allocation;
        addLost(this.#state, id, {
          node,
          demand: this.#state.ledger.demand(resources, { ports, volumes }),
          devices,
        });
        return;
      }
      case 'quotas':
        return this.#state.quotas.restore(record.quotas);
      case 'constraints':
        this.#sets.set(record.set.digest, record.set);
        return;
      case 'group': {
        const { data, shape } = record;
        const jobConstraints = this.#sets.get(shape.jobConstraints);
        if (jobConstraints === undefined) throw new Error(`constraints ${shape.jobConstraints} are missing`);
        this.#groups.set(data.identity, { data, shape: { ...shape, jobConstraints } });
        return;
      }
      case 'job':
        return restoreJob(this.#state, record.job, this.#groups, this.#allocations);
      case 'waiting':
        for (const id of record.jobs) {
          const job = this.#state.jobs.get(id);
          const shape = job?.blocked?.shapes.find(({ data }) => data.key === record.shape);
          if (job === undefined || shape === undefined) throw new Error(`job ${id} does not wait`);
          this.#state.agenda.wait(job, { shapes: [shape] });
        }
        return;
    }
  }

  done(): ClusterState {
    const state = this.#state;
    this.#allocations.sort((one, other) => one.order - other.order);
    for (const allocation of this.#allocations) {
      state.allocations.set(allocation.id, allocation);
      state.nodes[allocation.node]?.allocations.add(allocation);
      state.ledger.hold(allocation.node, allocation.demand, devicesOf(allocation));
      if (allocation.counted !== undefined) state.quotas.hold(allocation.counted);
      if (allocation.reported !== undefined) state.agenda.reports.add(allocation);
    }
    const waiting = [...state.jobs.values()].filter(
      ({ blocked, stopped }) => blocked !== undefined && !stopped,
    );
    waiting.sort((one, other) => (one.blocked?.order ?? 0) - (other.blocked?.order ?? 0));
    for (const job of waiting)
      if (job.blocked !== undefined)
        state.agenda.wait(job, { shapes: [], quotas: job.blocked.quotas }, job.blocked.at);
    markEverything(state);
    return state;
  }
}

function* lostRecords({ lost }: ClusterState): Generator<LostRecord> {
  for (const [id, { node, demand, devices = [] }] of lost) {
    const { resources, ports, volumes } = demand;
    yield {
      id,
      node,
      resources: { ...resources },
      ...(ports.length > 0 && { ports }),
      ...(volumes.length > 0 && { volumes }),
      ...(devices.length > 0 && { devices }),
    };
  }
}

export function restore(records: Iterable<SnapshotRecord>): ClusterState {
  const restoration = new Restoration();
  for (const record of records) restoration.add(record);
  return restoration.done();
}

function recordOf(job: ScheduledJob): JobRecord {
  const { id, version, priority, owner, stopped, deleted, groups, pending, blocked, cause } = job;
  return {
    id,
    version,
    priority,
    ...(owner !== undefined && { owner }),
    stopped,
    deleted,
    groups: groups.map((group) => ({
      name: group.name,
      identity: group.specification?.identity ?? null,
      ...(group.reschedule !== undefined && { reschedule: group.reschedule }),
      count: group.count,
      since: group.since,
      ...(Number.isFinite(group.replaceable) && { replaceable: group.replaceable }),
      slots: group.slots.flatMap((slot, index) =>
        slot === undefined ? [] : [slotRecord(index, slot, group)],
      ),
    })),
    pending,
    ...(blocked === undefined
      ? {}
      : {
          blocked: {
            evaluationId: blocked.evaluationId,
            reasons: blocked.reasons,
            at: blocked.at,
            since: blocked.since,
            order: blocked.order,
            told: blocked.told,
          },
        }),
    cause,
  };
}

function sameOwner(one: JobOwner | undefined, other: JobOwner | undefined): boolean {
  return (
    one === other ||
    (one?.surface === other?.surface && one?.tenant === other?.tenant && one?.principal === other?.principal)
  );
}

function slotRecord(index: number, slot: Slot, group: ScheduledGroup): SlotRecord {
  const { allocation, ...rest } = slot;
  const empty = emptySlot();
  const told = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => value !== empty[key as keyof Slot]),
  );
  return allocation === undefined ? [index, told] : [index, told, allocationRecord(allocation, group)];
}

function allocationRecord(allocation: LiveAllocation, group: ScheduledGroup): AllocationRecord {
  const { id, job, node, jobVersion, demand, counted, gpuDevices, order, placedAt, stopping, reported } =
    allocation;
  const { work, shape } = group.specification ?? {};
  return {
    id,
    node,
    version: jobVersion,
    ...(allocation.work !== work && { work: allocation.work ?? null }),
    ...(demand === shape?.demand
      ? {}
      : {
          resources: demand.resources,
          ports: demand.ports,
          ...(demand.volumes.length > 0 && { volumes: demand.volumes }),
        }),
    ...(gpuDevices === undefined ? {} : { devices: gpuDevices }),
    ...(sameOwner(counted?.owner, job.owner) ? {} : { owner: counted?.owner ?? null }),
    ...(counted !== undefined &&
      counted.maxRunMs !== (maxRunOf(group) ?? Infinity) && {
        maxRunMs: counted.maxRunMs === Infinity ? null : counted.maxRunMs,
      }),
    order,
    at: placedAt,
    ...(stopping === undefined ? {} : { stopping }),
    ...(reported === undefined ? {} : { reported }),
  };
}

function restoreNode(
  state: ClusterState,
  { id, facts, admitted, takenPorts = [], cause }: Extract<SnapshotRecord, { kind: 'node' }>,
): void {
  const node = state.node(id, cause);
  const { index } = node;
  node.facts = facts ?? undefined;
  node.admitted = admitted ?? undefined;
  for (const [port, at] of takenPorts) node.takenPorts.set(port, at);
  if (admitted !== null) state.ledger.setCapacity(index, admitted.resources, admitted.devices);
  state.nodeChanged(index);
}

function restoreJob(
  state: ClusterState,
  record: JobRecord,
  groups: ReadonlyMap<string, { readonly data: GroupData; readonly shape: ShapeData }>,
  allocations: LiveAllocation[],
): void {
  const { id, version, priority, owner, stopped, deleted, pending, cause } = record;
  const job: ScheduledJob = {
    id,
    version,
    priority,
    owner,
    stopped,
    deleted,
    groups: [],
    pending: [...pending],
    blocked: undefined,
    live: 0,
    cause,
  };
  for (const {
    name,
    identity,
    reschedule,
    count,
    since,
    replaceable = Number.POSITIVE_INFINITY,
    slots,
  } of record.groups) {
    const known = identity === null ? undefined : groups.get(identity);
    const specification =
      known === undefined
        ? undefined
        : state.shapes.take(
            known.data.identity,
            () => known.data,
            () => known.shape,
          );
    const policies = { reschedule, count, since, replaceable };
    const group: ScheduledGroup = { name, specification, ...policies, slots: [], live: 0 };
    for (const [index, told, allocation] of slots) {
      const slot: Slot = { ...emptySlot(), ...told };
      while (group.slots.length < index) group.slots.push(undefined);
      group.slots[index] = slot;
      if (slot.retryAt !== undefined) state.agenda.retries.add(slot.retryAt, job);
      if (allocation === undefined) continue;
      slot.allocation = restoreAllocation(state, job, group, index, allocation);
      allocations.push(slot.allocation);
      group.live += 1;
      job.live += 1;
    }
    job.groups.push(group);
  }
  state.jobs.set(id, job);
  if (record.blocked === undefined) return;
  job.blocked = { ...record.blocked, ...awaitedBy(job, record.blocked.reasons) };
}

function restoreAllocation(
  state: ClusterState,
  job: ScheduledJob,
  group: ScheduledGroup,
  slot: number,
  record: AllocationRecord,
): LiveAllocation {
  const { work, shape } = group.specification ?? {};
  const demand =
    record.resources === undefined && shape !== undefined
      ? shape.demand
      : state.ledger.demand(record.resources ?? {}, { ports: record.ports, volumes: record.volumes });
  const owner = record.owner === undefined ? job.owner : (record.owner ?? undefined);
  const maxRunMs = record.maxRunMs === undefined ? maxRunOf(group) : record.maxRunMs;
  return {
    id: record.id,
    job,
    group,
    slot,
    node: record.node,
    jobVersion: record.version,
    work: record.work === undefined ? work : (record.work ?? undefined),
    demand,
    counted: quotaUseOf(job.id, owner, demand.resources, maxRunMs ?? Number.POSITIVE_INFINITY),
    gpuDevices: record.devices,
    order: record.order,
    placedAt: record.at,
    stopping: record.stopping,
    reported: record.reported,
  };
}
