import type { Recorded } from '../../kernel/event/recorded.js';
import { afterFailure, STABLE_RUN_MS } from './retry.js';
import { addTrigger, type ClusterState } from './cluster-state.js';
import { addJob, causeOf, dropSurplusSlots, removeJob } from './fold-jobs.js';
import { addLost } from './fold-lost.js';
import { excludePort } from './taken-ports.js';
import { sameResources } from '../capacity/node-facts.js';
import {
  emptySlot,
  groupUse,
  isOutdated,
  isWanted,
  unwantedBecause,
  type Blockage,
  type LiveAllocation,
  type ScheduledGroup,
  type ScheduledJob,
  type Slot,
} from './scheduled-job.js';
import { quotaKey, quotaKeysOf, waitKeyOf } from '../capacity/quota-ledger.js';
import type { Shape } from '../feasibility/shape.js';
import type { BlockedReasons, PlanEvent } from '../plan-log/events.js';
import type { Demand } from '../capacity/ledger.js';
import type { VolumeDemand } from '../../jobs/job/volume.js';

type Of<Type extends PlanEvent['type']> = Extract<Recorded<PlanEvent>, { type: Type }>;

export function foldCapacity(state: ClusterState, event: Of<'NodeCapacitySet'>): void {
  const { nodeId, epoch, resources, schedulable, devices } = event.data;
  const node = state.node(nodeId, causeOf(event));
  const { index } = node;
  node.admitted = { epoch, resources, schedulable, ...(devices !== undefined && { devices }) };
  state.ledger.setCapacity(index, resources, devices);
  state.nodeChanged(index);
}

/** The job is unknown if it was cleared while the plan was in progress. It is then treated as deleted, so that its allocation is stopped. */
export function foldPlaced(state: ClusterState, event: Of<'AllocationPlaced'>): void {
  const { allocationId, jobId, jobVersion, slot, attempt, nodeId, assignedPorts, gpuDevices } = event.data;
  let job = state.jobs.get(jobId);
  if (job === undefined) {
    job = addJob(state, jobId, jobVersion, causeOf(event));
    job.stopped = job.deleted = true;
  }
  const group = groupOf(job, event.data.group);
  const node = state.node(nodeId, causeOf(event));
  const { index } = node;
  const demand = demandOf(state, group, event.data);
  const counted = groupUse(job, group, demand);
  const allocation: LiveAllocation = {
    id: allocationId,
    job,
    group,
    slot,
    node: index,
    jobVersion,
    work: jobVersion < group.since ? undefined : group.specification?.work,
    demand,
    counted,
    gpuDevices,
    order: (state.placements += 1),
    placedAt: event.metadata.at,
    stopping: undefined,
    reported: undefined,
  };
  const place = (group.slots[slot] ??= emptySlot());
  place.allocation = allocation;
  place.retryAt = place.retryOf = undefined;
  place.version = jobVersion;
  place.attempts = attempt + 1;
  if (assignedPorts !== undefined) place.given = { node: index, ports: assignedPorts };
  group.live += 1;
  job.live += 1;
  state.allocations.set(allocationId, allocation);
  node.allocations.add(allocation);
  state.ledger.hold(index, allocation.demand, devicesOf(allocation));
  if (counted !== undefined) {
    state.quotas.hold(counted);
    state.quotas.started(counted, event.metadata.at);
  }
  for (const { name } of allocation.demand.volumes) state.ledger.volumes.settle(name, index);
  state.agenda.changes += 1;
  if (!state.isOpen(index)) state.agenda.nodes.add(index);
  if (!isWanted(allocation)) state.agenda.jobs.add(job);
}

export function foldStopRequested(state: ClusterState, event: Of<'AllocationStopRequested'>): void {
  const allocation = state.allocations.get(event.data.allocationId);
  if (allocation === undefined) return;
  allocation.stopping ??= event.data.reason;
  // A replacement that has begun is not taken back.
  if (event.data.reason === 'job-updated') allocation.work = undefined;
}

export function foldReleased(state: ClusterState, event: Of<'AllocationReleased'>): void {
  const allocation = state.allocations.get(event.data.allocationId);
  if (allocation === undefined) return;
  const { job, group, node } = allocation;
  const place = group.slots[allocation.slot];
  state.ledger.release(node, allocation.demand, devicesOf(allocation));
  if (allocation.counted !== undefined) {
    state.quotas.release(allocation.counted);
    if (allocation.counted.runs > 0) state.agenda.pace.ended();
    state.agenda.quotaHasRoom(quotaKeysOf(allocation.counted.owner));
  }
  const holder = state.nodes[node];
  holder?.allocations.delete(allocation);
  const { takenPort } = event.data;
  if (holder !== undefined && takenPort !== undefined) excludePort(holder, takenPort, event.metadata.at);
  state.allocations.delete(allocation.id);
  // Only its node can report that it has ended. Until then its resources are not reassigned.
  if (event.data.outcome === 'lost' && allocation.reported === undefined)
    addLost(state, allocation.id, { node, demand: allocation.demand, devices: devicesOf(allocation) });
  group.live -= 1;
  job.live -= 1;
  if (place?.allocation === allocation) {
    place.allocation = undefined;
    settleSlot(state, allocation, place, event);
  }
  if (group.specification === undefined && group.live === 0)
    job.groups = job.groups.filter((each) => each !== group);
  const { agenda } = state;
  agenda.reports.delete(allocation);
  for (const { name } of allocation.demand.volumes) {
    if (state.ledger.volumes.closingOf(name) !== undefined) agenda.volumes.add(name);
    // A volume that was bound to another node in the meantime is free there now.
    const home = state.ledger.volumes.nodeOf(name) ?? node;
    agenda.freed.add(home);
    state.candidates.freed(home);
  }
  agenda.jobs.add(job);
  agenda.freed.add(node);
  agenda.changes += 1;
  state.candidates.freed(node);
}

function settleSlot(
  state: ClusterState,
  allocation: LiveAllocation,
  place: Slot,
  event: Of<'AllocationReleased'>,
): void {
  const { job, group, slot } = allocation;
  const { outcome, retryAt, rescheduled = false, takenPort, allocationId } = event.data;
  const { at } = event.metadata;
  if (job.stopped) return;
  if (slot >= group.count) {
    dropSurplusSlots(group);
    return;
  }
  // However an allocation with other work ends, its slot passes to the current work.
  if (unwantedBecause(allocation) === undefined && !isOutdated(allocation)) {
    count(place, allocation, { outcome, retryAt, rescheduled, takenPort }, at);
    if (outcome === 'failed' && at - allocation.placedAt < STABLE_RUN_MS) place.given = undefined;
    if (outcome === 'complete' || (outcome !== 'stopped' && retryAt === undefined)) {
      place.outcome = outcome;
      return;
    }
    if (retryAt !== undefined && retryAt > at) {
      place.retryAt = retryAt;
      place.retryOf = allocationId;
      state.agenda.retries.add(retryAt, job);
      return;
    }
  }
  addTrigger(job, { kind: outcome === 'lost' ? 'allocation-lost' : 'allocation-ended', ref: allocationId });
}

interface Counted {
  readonly outcome: string;
  readonly retryAt: number | undefined;
  readonly rescheduled: boolean;
  readonly takenPort: number | undefined;
}

function count(
  place: Slot,
  allocation: LiveAllocation,
  { outcome, retryAt, rescheduled, takenPort }: Counted,
  at: number,
): void {
  place.portRetries = takenPort === undefined ? 0 : place.portRetries + 1;
  if (takenPort !== undefined) return;
  const { group, placedAt } = allocation;
  const policies = { restart: group.specification?.restart, reschedule: group.reschedule };
  if (outcome === 'failed')
    Object.assign(place, afterFailure(policies, place, { ran: at - placedAt, rescheduled }, at));
  else if (retryAt !== undefined && allocation.stopping === undefined) {
    place.interruptions = (at - allocation.placedAt >= STABLE_RUN_MS ? 0 : place.interruptions) + 1;
  }
}

export function foldEvaluated(
  state: ClusterState,
  event: Of<'EvaluationCompleted' | 'EvaluationBlocked'>,
): void {
  const { jobId, evaluationId, triggers } = event.data;
  const job = state.jobs.get(jobId);
  if (job === undefined) return;
  cover(job, triggers);
  const told = job.blocked === undefined || triggers.length > 0 ? 0 : job.blocked.told + 1;
  const former = job.blocked;
  job.blocked = undefined;
  if (event.type !== 'EvaluationBlocked') {
    if (former !== undefined) state.agenda.stopWaiting(job, former);
    return;
  }
  const { reasons } = event.data;
  const awaited = awaitedBy(job, reasons);
  const { at } = event.metadata;
  job.blocked = {
    evaluationId,
    reasons,
    at,
    since: Math.min(former?.since ?? at, at),
    order: former?.order ?? event.revision,
    told,
    ...awaited,
  };
  if (former !== undefined)
    state.agenda.stopWaiting(job, {
      shapes: former.shapes.filter((shape) => job.stopped || !awaited.shapes.includes(shape)),
      quotas: former.quotas.filter((key) => job.stopped || !awaited.quotas.includes(key)),
    });
  if (!job.stopped) state.agenda.wait(job, job.blocked, at);
}

export function awaitedBy(job: ScheduledJob, reasons: BlockedReasons): Pick<Blockage, 'shapes' | 'quotas'> {
  const shapes = new Set<Shape>();
  const keys = new Set<string>();
  for (const { name, specification } of job.groups) {
    const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
    if (reason === undefined || specification === undefined) continue;
    if (reason.quota === undefined) shapes.add(specification.shape);
    else keys.add(waitKeyOf(reason.quota));
  }
  return { shapes: [...shapes], quotas: [...keys] };
}

export function foldQuotaExceeded(state: ClusterState, event: Of<'QuotaExceeded'>): void {
  state.quotas.markReported(quotaKey(event.data), event.metadata.at);
}

function cover(job: ScheduledJob, triggers: Of<'EvaluationCompleted'>['data']['triggers']): void {
  if (job.pending.length === 0 || triggers.length === 0) return;
  const covered = new Set(triggers.map(({ kind, ref }) => `${kind} ${ref}`));
  job.pending = job.pending.filter(({ kind, ref }) => !covered.has(`${kind} ${ref}`));
}

/** Ignored for a job with newer requests. Such a job finishes after these have been evaluated. */
export function foldFinished(state: ClusterState, event: Of<'JobFinished'>): void {
  const job = state.jobs.get(event.data.jobId);
  if (
    job !== undefined &&
    job.version === event.data.jobVersion &&
    job.pending.length === 0 &&
    job.live === 0
  )
    removeJob(state, job);
}

function groupOf(job: ScheduledJob, name: string): ScheduledGroup {
  const known = job.groups.find((each) => each.name === name);
  if (known !== undefined) return known;
  const gone: ScheduledGroup = {
    name,
    specification: undefined,
    reschedule: undefined,
    count: 0,
    since: job.version + 1,
    replaceable: Number.POSITIVE_INFINITY,
    slots: [],
    live: 0,
  };
  job.groups.push(gone);
  return gone;
}

export function demandOf(
  state: ClusterState,
  group: ScheduledGroup | undefined,
  { resources, ports, volumes = [], readOnlyVolumes = [] }: Of<'AllocationPlaced'>['data'],
): Demand {
  const shared = group?.specification?.shape.demand;
  const held: VolumeDemand[] = volumes.map((name) => ({ name, writable: !readOnlyVolumes.includes(name) }));
  if (
    shared?.dynamicPorts === 0 &&
    sameResources(shared.resources, resources) &&
    samePorts(shared.ports, ports ?? []) &&
    sameVolumes(shared.volumes, held)
  )
    return shared;
  return state.ledger.demand(resources, { ports, volumes: held });
}

function sameVolumes(one: readonly VolumeDemand[], other: readonly VolumeDemand[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ name, writable }, index) => name === other[index]?.name && writable === other[index].writable,
    )
  );
}

function samePorts(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((port, index) => port === other[index]);
}

export function devicesOf(allocation: {
  readonly gpuDevices?: LiveAllocation['gpuDevices'];
}): readonly number[] | undefined {
  return allocation.gpuDevices === undefined ? undefined : Object.values(allocation.gpuDevices).flat();
}
