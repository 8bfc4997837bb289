import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

export const clusterEvents = {
  /** Every fold drops what precedes this event's position; the history stays. */
  ClusterCleared: event(z.strictObject({})),
  /** From here on events of this level may appear; a server that does not know the level stops. */
  ClusterLevelRaised: event(z.strictObject({ level: z.number().int().positive() })),
} as const;

export type ClusterEvent = EventsOf<typeof clusterEvents>;
