import { MusterError } from '../errors/index.js';
import type { Decider } from '../event/index.js';
import type { ClusterEvent } from './events.js';

export type ClusterCommand =
  /** Empties the cluster: from the event's position on nothing that came before counts. */
  | { readonly kind: 'clear' }
  /** Lets events of a level appear. `known`: the newest that the program that asks knows; nobody raises what he could not read. */
  | { readonly kind: 'raise-level'; readonly level: number; readonly known: number }
  /** Separates what is decided from now on from what an earlier life of the same log decided. `epoch` is a fresh UUID. */
  | { readonly kind: 'begin-epoch'; readonly epoch: string; readonly reason: 'restored' | 'imported' };

/** What of the cluster as a whole outlives a clear. */
export interface ClusterFacts {
  /** Events up to this level may be in the log. */
  readonly level: number;
  /** The life that the log is in; undefined: its first. */
  readonly epoch?: string;
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
      case 'begin-epoch':
        return [{ type: 'LogEpochBegan', data: { logEpoch: command.epoch, reason: command.reason } }];
    }
  },
  evolve(facts, event) {
    switch (event.type) {
      case 'ClusterLevelRaised':
        return { ...facts, level: Math.max(facts.level, event.data.level) };
      case 'LogEpochBegan':
        return { ...facts, epoch: event.data.logEpoch };
      case 'ClusterCleared':
        return facts;
    }
  },
};
