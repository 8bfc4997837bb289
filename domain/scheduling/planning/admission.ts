import type { ClusterState, ScheduledNode } from '../state/cluster-state.js';
import type { Draft } from './draft.js';
import type { ReleaseOutcome, StopReason } from '../plan-log/events.js';
import { isLacking, isOversubscribed } from '../feasibility/fit.js';
import { Ledger } from '../capacity/ledger.js';
import { SLOTS } from '../../kernel/resources.js';
import { toAdmit, type AdmittedNode, type Cause } from '../capacity/node-facts.js';
import { isUnrepeatable, releaseOf } from '../state/release.js';
import { unwantedBecause, type LiveAllocation } from '../state/scheduled-job.js';
import { devicesOf } from '../state/fold-plan.js';

export function admitReports(state: ClusterState, draft: Draft, now: number): boolean {
  for (const allocation of state.agenda.reports) {
    if (allocation.reported === undefined) continue;
    if (!release(state, draft, allocation, allocation.reported.outcome, allocation.reported.cause, now))
      return false;
  }
  return true;
}

/**
 * Admits the nodes' facts, in an order that keeps every prefix of the plan log consistent: release what a lost node held, stop what must leave a
 * draining or shrunk node, then set the new capacity. Returns false if the plan is full. Nodes that are up to date leave the agenda.
 */
export function admitNodes(state: ClusterState, draft: Draft, now: number): boolean {
  for (const index of state.agenda.nodes) {
    const node = state.nodes[index];
    const before = draft.events.length;
    if (node !== undefined && !admitNode(state, draft, node, now)) return false;
    if (draft.events.length === before) state.agenda.nodes.delete(index);
  }
  return true;
}

function admitNode(state: ClusterState, draft: Draft, node: ScheduledNode, now: number): boolean {
  const { facts, cause } = node;
  state.agenda.drainsDue.delete(node.index);
  if (facts === undefined || facts.down) {
    for (const allocation of node.allocations)
      if (!release(state, draft, allocation, 'lost', cause, now)) return false;
  } else if (facts.draining) {
    const { drainUntil = 0 } = facts;
    for (const allocation of node.allocations) {
      if (drainUntil > now && isUnrepeatable(allocation)) state.agenda.drainsDue.set(node.index, drainUntil);
      else if (!requestStop(state, draft, allocation, 'drain', cause)) return false;
    }
  }
  if (facts === undefined || node.settled) return true;
  const admit = toAdmit(facts);
  if (!facts.down) {
    for (const allocation of surplusOf(node, admit))
      if (!requestStop(state, draft, allocation, 'capacity-shrunk', cause)) return false;
  }
  return draft.add({ type: 'NodeCapacitySet', data: { nodeId: node.id, ...admit }, cause });
}

/**
 * Returns the allocations that exceed the new capacity and are not already stopping. Allocations with higher priority are kept first, then older
 * ones. The slot limit is ignored: lowering it affects later placements only.
 */
function surplusOf(node: ScheduledNode, admit: AdmittedNode): readonly LiveAllocation[] {
  if (node.allocations.size === 0) return [];
  const running = [...node.allocations].filter(
    (each) => each.stopping === undefined && each.reported === undefined,
  );
  running.sort((one, other) => other.job.priority - one.job.priority || one.order - other.order);
  const ledger = new Ledger();
  const index = ledger.node(node.id);
  ledger.setCapacity(index, { ...admit.resources, [SLOTS]: Number.MAX_SAFE_INTEGER }, admit.devices);
  return running.filter((allocation) => {
    // Its devices are fixed, so each of them is checked rather than their number.
    const demand = ledger.demand(allocation.demand.resources, { ports: allocation.demand.ports, gpus: 0 });
    if (isLacking(ledger, index, demand)) return true;
    ledger.hold(index, demand, devicesOf(allocation));
    if (!isOversubscribed(ledger, index)) return false;
    ledger.release(index, demand, devicesOf(allocation));
    return true;
  });
}

function release(
  state: ClusterState,
  draft: Draft,
  allocation: LiveAllocation,
  ended: ReleaseOutcome,
  cause: Cause,
  now: number,
): boolean {
  if (draft.settled.has(allocation)) return true;
  const added = draft.add({
    type: 'AllocationReleased',
    data: { ...placeOf(state, allocation), ...releaseOf(allocation, ended, now), ...heldVolumes(allocation) },
    cause,
  });
  if (added) draft.settled.add(allocation);
  return added;
}

function heldVolumes({ demand: { volumes } }: LiveAllocation): { volumes?: string[] } {
  return volumes.length === 0 ? {} : { volumes: volumes.map(({ name }) => name) };
}

export function dropVolumes(state: ClusterState, draft: Draft): boolean {
  const { volumes } = state.ledger;
  for (const name of [...state.agenda.volumes].sort()) {
    const closing = volumes.closingOf(name);
    if (closing === undefined || closing.dropped || volumes.isHeld(name)) {
      state.agenda.volumes.delete(name);
      continue;
    }
    const node = volumes.nodeOf(name);
    const at = node === undefined ? null : (state.nodes[node]?.id ?? null);
    if (!draft.add({ type: 'VolumeDropped', data: { name, node: at }, cause: closing.cause })) return false;
  }
  return true;
}

export function requestStop(
  state: ClusterState,
  draft: Draft,
  allocation: LiveAllocation,
  reason: StopReason,
  cause: Cause,
): boolean {
  if (allocation.stopping !== undefined || allocation.reported !== undefined || draft.settled.has(allocation))
    return true;
  const why = unwantedBecause(allocation) ?? reason;
  const added = draft.add({
    type: 'AllocationStopRequested',
    data: { ...placeOf(state, allocation), reason: why },
    cause,
  });
  if (added) draft.settled.add(allocation);
  return added;
}

function placeOf(
  state: ClusterState,
  { id, job, group, slot, node }: LiveAllocation,
): {
  allocationId: string;
  jobId: string;
  group: string;
  slot: number;
  nodeId: string;
} {
  return { allocationId: id, jobId: job.id, group: group.name, slot, nodeId: state.nodes[node]?.id ?? '' };
}
