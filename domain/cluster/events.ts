import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

export const clusterEvents = {
  /** Every fold drops what precedes this event's position; the history stays. */
  ClusterCleared: event(z.strictObject({})),
  /** From here on events of this level may appear; a server that does not know the level stops. */
  ClusterLevelRaised: event(z.strictObject({ level: z.number().int().positive() })),
  /**
   * The log begins another life: it was restored, or imported into another store. What agents, brokers and clients remember of the life before may
   * contradict it, so ids that would follow from the log's content alone are made of the epoch too from here on.
   */
  LogEpochBegan: event(z.strictObject({ logEpoch: z.uuid(), reason: z.enum(['restored', 'imported']) })),
} as const;

export type ClusterEvent = EventsOf<typeof clusterEvents>;
