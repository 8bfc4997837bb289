import { MAX_LOST_ALLOCATIONS } from '../plan-log/lost-allocations.js';
import type { LostHolding } from '../capacity/ledger.js';
import type { ClusterState } from './cluster-state.js';

/** Holds an allocation's resources until its node reports the end. */
export function addLost(state: ClusterState, allocationId: string, holding: LostHolding): void {
  const node = state.nodes[holding.node];
  if (node === undefined) return;
  state.lost.set(allocationId, holding);
  node.lost.add(allocationId);
  state.ledger.holdLost(allocationId, holding);
  const [oldest] = node.lost;
  if (node.lost.size > MAX_LOST_ALLOCATIONS && oldest !== undefined) removeLost(state, oldest);
}

export function removeLost(state: ClusterState, allocationId: string): void {
  const holding = state.lost.get(allocationId);
  if (holding === undefined) return;
  state.lost.delete(allocationId);
  state.nodes[holding.node]?.lost.delete(allocationId);
  state.ledger.releaseLost(allocationId, holding);
  state.agenda.freed.add(holding.node);
  state.agenda.changes += 1;
  state.candidates.freed(holding.node);
}

/** The volume was deleted, so lost allocations do not hold a later volume with that name. */
export function forgetLostVolume(state: ClusterState, name: string): void {
  for (const [allocationId, holding] of state.lost) {
    const { demand } = holding;
    if (!demand.volumes.some((volume) => volume.name === name)) continue;
    state.lost.set(allocationId, {
      ...holding,
      demand: { ...demand, volumes: demand.volumes.filter((volume) => volume.name !== name) },
    });
    state.ledger.volumes.releaseLost(name, allocationId);
  }
}
