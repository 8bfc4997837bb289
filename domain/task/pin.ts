import { z } from 'zod';
import { BACKENDS, lockHash } from '../drivers/conda/index.js';

/** The generation of an environment that a run is carried out in: the one that was current when the run began, whatever becomes of the environment. */
export const pin = z.strictObject({
  environmentId: z.uuid(),
  generation: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  /** Hash of its lock. */
  lock: lockHash,
  /** What solved it, and for what it is: nodes that are alike can make it. */
  backend: z.enum(BACKENDS),
  platform: z.string().max(32),
});
export type Pin = z.infer<typeof pin>;
