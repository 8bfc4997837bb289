import { z } from 'zod';

const CONNECTIONS = ['connected', 'disconnected'] as const;
const connection = z.enum(CONNECTIONS);
export type Connection = (typeof CONNECTIONS)[number];

export const healthView = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({ description: '`degraded`: a check of `/readyz` fails' }),
    database: connection.meta({ description: 'The event store and the read models' }),
    message_queue: connection.meta({ description: "NATS; where there is none the agents' HTTP channel, which is this server" }),
    uptime_seconds: z
      .number()
      .int()
      .nonnegative()
      .meta({ examples: [86_400] }),
    version: z.string().meta({ examples: ['1.0.0'] }),
  })
  .meta({ id: 'SystemHealth', description: 'How this server is' });
