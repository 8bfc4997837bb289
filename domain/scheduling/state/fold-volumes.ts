import type { Recorded } from '../../kernel/event/recorded.js';
import type { VolumeEvent } from '../../volumes/events.js';
import type { PlanEvent } from '../plan-log/events.js';
import type { ClusterState } from './cluster-state.js';
import { causeOf } from './fold-jobs.js';
import { forgetLostVolume } from './fold-lost.js';

type Event = VolumeEvent | PlanEvent;
type Of<Type extends Event['type']> = Extract<Recorded<Event>, { type: Type }>;

/** From here on, the volume accepts no holders, and is dropped as soon as it has none. */
export function foldVolumeDeleteAsked(state: ClusterState, event: Of<'VolumeDeleteAsked'>): void {
  const { name } = event.data;
  if (state.ledger.volumes.closingOf(name) !== undefined) return;
  state.ledger.volumes.close(name, { cause: causeOf(event), dropped: false });
  state.agenda.volumes.add(name);
  state.agenda.changes += 1;
}

export function foldVolumeDropped(state: ClusterState, event: Of<'VolumeDropped'>): void {
  const { name } = event.data;
  state.ledger.volumes.close(name, {
    cause: state.ledger.volumes.closingOf(name)?.cause ?? causeOf(event),
    dropped: true,
  });
  state.agenda.volumes.delete(name);
}

/** Jobs waiting for a volume with that name may get a new one on any node. */
export function foldVolumeDeleted(state: ClusterState, event: Of<'VolumeDeleted'>): void {
  forgetLostVolume(state, event.data.name);
  state.ledger.volumes.forget(event.data.name);
  state.agenda.volumes.delete(event.data.name);
  offerAgain(state);
}

/** Allocations that were lost with the former node hold the former disk only. A living holder keeps the volume on its node until it ends. */
export function foldVolumeRebound(state: ClusterState, event: Of<'VolumeRebound'>): void {
  const { name, node } = event.data;
  const index = state.ledger.find(node);
  if (index === undefined) return;
  forgetLostVolume(state, name);
  state.ledger.volumes.settle(name, index);
  offerAgain(state);
}

function offerAgain(state: ClusterState): void {
  state.agenda.changes += 1;
  for (const { index, open } of state.nodes) {
    state.candidates.freed(index);
    if (open) state.agenda.freed.add(index);
  }
}
