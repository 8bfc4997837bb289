import { z } from 'zod';

export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}')
  .meta({ description: 'Name, unique among its siblings', examples: ['web'] });

export const port = z.number().int().min(1).max(65535);
