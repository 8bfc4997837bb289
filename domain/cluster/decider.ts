import { MusterError } from '../errors/index.js';
import type { Decider } from '../event/index.js';
import type { ClusterEvent } from './events.js';

export type ClusterCommand =
  /** Empties the cluster: from the event's position on nothing that came before counts. */
  | { readonly kind: 'clear' }
  /** Lets events of a level appear. `known`: the newest that the program that asks knows; nobody raises what he could not read. */
  | { readonly kind: 'raise-level'; readonly level: number; readonly known: number };

/** What of the cluster as a whole outlives a clear. */
export interface ClusterFacts {
  /** Events up to this level may be in the log. */
  readonly level: number;
}

/** What concerns the cluster as a whole. A clear is always possible, and each one is an event. A level never falls: the events of it are there. */
export const clusterDecider: Decider<ClusterCommand, ClusterEvent, ClusterFacts> = {
  initialState: { level: 1 },
  decide(command, { level }) {
    switch (command.kind) {
      case 'clear':
        return [{ type: 'ClusterCleared', data: {} }];
      case 'raise-level':
        if (!Number.isSafeInteger(command.level) || command.level < level)
          throw new MusterError('MUSTER_E_INVALID', { field: 'level', problem: `the cluster is at ${level}, and a level never falls` });
        if (command.level > command.known)
          throw new MusterError('MUSTER_E_INVALID', { field: 'level', problem: `this version of Muster knows levels up to ${command.known}` });
        return command.level === level ? [] : [{ type: 'ClusterLevelRaised', data: { level: command.level } }];
    }
  },
  evolve: (facts, event) => (event.type === 'ClusterLevelRaised' ? { level: Math.max(facts.level, event.data.level) } : facts),
};
