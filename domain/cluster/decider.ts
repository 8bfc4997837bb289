import type { Decider } from '../event/index.js';
import type { ClusterEvent } from './events.js';

/** Empties the cluster: from the event's position on nothing that came before counts. */
export type ClusterCommand = { readonly kind: 'clear' };

/** What concerns the cluster as a whole. A clear is always possible, and each one is an event. */
export const clusterDecider: Decider<ClusterCommand, ClusterEvent, null> = {
  initialState: null,
  decide: () => [{ type: 'ClusterCleared', data: {} }],
  evolve: () => null,
};
