import { z } from 'zod';
import { BACKENDS, lockHash } from '../../drivers/conda/index.js';

/** The environment's generation when the run started. All attempts of the run use it. */
export const pin = z.strictObject({
  environmentId: z.uuid(),
  generation: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  lock: lockHash,
  backend: z.enum(BACKENDS),
  platform: z.string().max(32),
});
export type Pin = z.infer<typeof pin>;
