import { z } from 'zod';
import { BACKENDS, lockHash } from '../../drivers/conda/index.js';

/** The generation of an environment that was current when the run started, and that the run uses whatever becomes of the environment. */
export const pin = z.strictObject({
  environmentId: z.uuid(),
  generation: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  lock: lockHash,
  /** Back end and platform that solved it; similar nodes can build it. */
  backend: z.enum(BACKENDS),
  platform: z.string().max(32),
});
export type Pin = z.infer<typeof pin>;
