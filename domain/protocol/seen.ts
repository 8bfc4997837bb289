import { z } from 'zod';
import { identifier } from '../identifier.js';
import { nodeResources } from '../resources.js';

/** One server tells the others which nodes it heard. */
export const seenBatch = z.object({
  /** The server that heard them; made anew when it starts. */
  server: z.string().min(1).max(64),
  seen: z
    .array(
      z.object({
        node_id: identifier,
        /** 0: the server that heard it knew none. */
        epoch: z.number().int().nonnegative(),
        /** Milliseconds since it was heard. */
        age_ms: z.number().nonnegative(),
        resources: nodeResources,
        /** Its heartbeat named allocations, be it none. */
        lists: z.boolean(),
        /** The ids that it named; of third parties' agents only. */
        listed: z.array(z.string().max(256)).max(20_000).optional(),
        /** Unix seconds by the agent's own clock, as its newest heartbeat said. */
        said: z.number().optional(),
      }),
    )
    .max(10_000),
});
export type SeenBatch = z.infer<typeof seenBatch>;
