import { z } from 'zod';

export const healthView = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({ description: '`degraded` if a check of `/readyz` fails' }),
    version: z.string().meta({ description: 'Version of the server', examples: ['1.0.0'] }),
  })
  .meta({ id: 'Health', description: 'Health of the server' });
