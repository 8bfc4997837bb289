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

export const statusQuery = z.strictObject({
  timezone: z
    .string()
    .max(100)
    .default('UTC')
    .meta({ description: 'The zone whose day today is', examples: ['Europe/Berlin'] }),
});

const count = z.number().int().nonnegative();

const tasksStatus = z
  .object({
    total: count.meta({ description: 'All there are, disabled ones too', examples: [150] }),
    active: count.meta({ examples: [120] }),
    paused: count.meta({ examples: [20] }),
    running: count.meta({ description: 'Those that have a run which is carried out now, whatever else they are', examples: [10] }),
  })
  .meta({ id: 'SystemTasks', description: "Tasks of the caller's tenant; an administrator gets all" });

const workersStatus = z
  .object({
    total: count.meta({ examples: [5] }),
    online: count.meta({ description: 'Busy ones too', examples: [4] }),
    offline: count.meta({ examples: [1] }),
  })
  .meta({ id: 'SystemWorkers', description: 'Nodes, and who only sends heartbeats' });

export const statusView = z
  .object({
    tasks: tasksStatus,
    workers: workersStatus,
    runs_today: count.meta({ description: 'Runs of these tasks that were begun today', examples: [450] }),
    success_rate: z
      .number()
      .min(0)
      .max(100)
      .meta({ description: 'Of the runs that ended today by themselves, the share that succeeded, in percent; 100 where none ended', examples: [98.5] }),
  })
  .meta({ id: 'SystemStatus', description: 'What there is, and how today is' });
