import { z } from 'zod';
import { event, type EventsOf } from '../kernel/event/definition.js';

export const clusterEvents = {
  /** Folds drop everything before this event's position; the history stays in the log. */
  ClusterCleared: event(z.strictObject({})),
  /** Events of this level may follow; a server that does not know the level stops. */
  ClusterLevelRaised: event(z.strictObject({ level: z.number().int().positive() })),
  /**
   * The log was restored, or imported into another store. Agents, brokers and clients may remember the former epoch, so
   * ids that would follow from the log's content alone are derived from the epoch, too.
   */
  LogEpochBegan: event(z.strictObject({ logEpoch: z.uuid(), reason: z.enum(['restored', 'imported']) })),
} as const;

export type ClusterEvent = EventsOf<typeof clusterEvents>;
