import { z } from 'zod';

/** Names of groups, tasks and their parts. They become object keys and parts of file names. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}')
  .meta({ description: 'Name, unique among its siblings', examples: ['web'] });

export const port = z.number().int().min(1).max(65535);
