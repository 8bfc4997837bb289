import { z } from 'zod';

export const healthView = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({ description: '`degraded`: a check of `/readyz` fails' }),
    version: z.string().meta({ description: 'Of this program', examples: ['1.0.0'] }),
  })
  .meta({ id: 'Health', description: 'How this server is' });
