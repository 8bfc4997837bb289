import { MusterError } from '../kernel/errors/index.js';
import type { Decider } from '../kernel/event/index.js';
import type { ClusterEvent } from './events.js';

export type ClusterCommand =
  /** Empties the cluster: events before this one no longer count. */
  | { readonly kind: 'clear' }
  /**
   * Allows events of a newer level. `known` is the newest level that the requesting program can read, so that it never
   * raises beyond what it understands.
   */
  | { readonly kind: 'raise-level'; readonly level: number; readonly known: number }
  /** Begins a new epoch of the log after a restore or an import. `epoch` is a fresh UUID. */
  | { readonly kind: 'begin-epoch'; readonly epoch: string; readonly reason: 'restored' | 'imported' };

export interface ClusterFacts {
  /** Highest level of events that the log may contain. */
  readonly level: number;
  /** Current epoch of the log; undefined: the first. */
  readonly epoch?: string;
}

/** Clearing is always possible, and each clear is an event. The level never falls, because events of that level are already in the log. */
export const clusterDecider: Decider<ClusterCommand, ClusterEvent, ClusterFacts> = {
  initialState: { level: 1 },
  decide(command, { level }) {
    switch (command.kind) {
      case 'clear':
        return [{ type: 'ClusterCleared', data: {} }];
      case 'raise-level':
        if (!Number.isSafeInteger(command.level) || command.level < level)
          throw new MusterError('MUSTER_E_INVALID', {
            field: 'level',
            problem: `the cluster is at ${level}, and a level never falls`,
          });
        if (command.level > command.known)
          throw new MusterError('MUSTER_E_INVALID', {
            field: 'level',
            problem: `this version of Muster knows levels up to ${command.known}`,
          });
        return command.level === level
          ? []
          : [{ type: 'ClusterLevelRaised', data: { level: command.level } }];
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
