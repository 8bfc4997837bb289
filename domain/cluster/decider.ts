import { MusterError } from '../kernel/errors/index.js';
import type { Decider } from '../kernel/event/index.js';
import { MAX_MOVED_TASKS, type ClusterEvent, type MovedTask } from './events.js';

export type ClusterCommand =
  /** Empties the cluster: earlier events are ignored from then on. */
  | { readonly kind: 'clear' }
  /** Allows events of a newer level. `known` is the highest level that the requesting program can read. The new level cannot exceed it. */
  | { readonly kind: 'raise-level'; readonly level: number; readonly known: number }
  | { readonly kind: 'begin-epoch'; readonly epoch: string; readonly reason: 'restored' | 'imported' }
  /** Decides slots with this release of the time zone database if it is newer. `evenOlder`: an operator goes back to an older release of Muster. */
  | {
      readonly kind: 'use-zone-data';
      readonly version: string;
      readonly evenOlder: boolean;
      /** All tasks with slots that this release moves, compared with the release `since`. */
      readonly moved?: { readonly since: string; readonly tasks: readonly MovedTask[] };
    }
  /** Accepts that the log differs from what was signed. From then on, the tree is named `origin`. */
  | ({ readonly kind: 'adopt-fork' } & LogFork);

type LogFork = Extract<ClusterEvent, { readonly type: 'LogForkAdopted' }>['data'];

export interface ClusterFacts {
  readonly level: number;
  readonly epoch?: string;
  /** Release of the time zone database with which slots are decided. Absent: none was needed yet. */
  readonly zoneData?: string;
  /** Origin name of transparency-log checkpoints since the last adopted fork (`LogForkAdopted`). Absent if no fork was adopted. */
  readonly origin?: string;
}

/** Clearing is always possible, and each clear appends an event. The level never decreases, because the log already contains events of that level. */
export const clusterDecider: Decider<ClusterCommand, ClusterEvent, ClusterFacts> = {
  initialState: { level: 1 },
  decide(command, facts) {
    const { level } = facts;
    switch (command.kind) {
      case 'clear':
        return [{ type: 'ClusterCleared', data: {} }];
      case 'raise-level':
        if (!Number.isSafeInteger(command.level) || command.level < level)
          throw new MusterError('MUSTER_E_INVALID', {
            field: 'level',
            problem: `the cluster is at level ${level}, which cannot be lowered`,
          });
        if (command.level > command.known)
          throw new MusterError('MUSTER_E_INVALID', {
            field: 'level',
            problem: `this version of Muster supports levels up to ${command.known}`,
          });
        return command.level === level
          ? []
          : [{ type: 'ClusterLevelRaised', data: { level: command.level } }];
      case 'begin-epoch':
        return [{ type: 'LogEpochBegan', data: { logEpoch: command.epoch, reason: command.reason } }];
      case 'use-zone-data': {
        const { zoneData: before } = facts;
        const { version, evenOlder, moved } = command;
        if (before !== undefined && (version === before || (version < before && !evenOlder))) return [];
        const data = { version, ...(before !== undefined && { before }) };
        if (moved === undefined || moved.since !== before) return [{ type: 'ZoneDataChanged', data }];
        const tasks = moved.tasks.slice(0, MAX_MOVED_TASKS);
        return [{ type: 'ZoneDataChanged', data: { ...data, moved: { count: moved.tasks.length, tasks } } }];
      }
      case 'adopt-fork': {
        const { reason, origin, signed, log } = command;
        return origin === facts.origin
          ? []
          : [{ type: 'LogForkAdopted', data: { reason, origin, signed, log } }];
      }
    }
  },
  evolve(facts, event) {
    switch (event.type) {
      case 'ClusterLevelRaised':
        return { ...facts, level: Math.max(facts.level, event.data.level) };
      case 'ZoneDataChanged':
        return { ...facts, zoneData: event.data.version };
      case 'LogEpochBegan':
        return { ...facts, epoch: event.data.logEpoch };
      case 'LogForkAdopted':
        return { ...facts, origin: event.data.origin };
      case 'ClusterCleared':
        return facts;
    }
  },
};
