import { z } from 'zod';

const CONNECTIONS = ['connected', 'disconnected'] as const;
const connection = z.enum(CONNECTIONS);
export type Connection = (typeof CONNECTIONS)[number];

export const healthView = z
  .object({
    status: z.enum(['healthy', 'degraded']).meta({ description: '`degraded` if a check of `/readyz` fails' }),
    database: connection.meta({ description: 'Event store and read models' }),
    message_queue: connection.meta({
      description: "NATS or, if it is not used, the agents' HTTP channel, which is this server",
    }),
    uptime_seconds: z
      .number()
      .int()
      .nonnegative()
      .meta({ examples: [86_400] }),
    version: z.string().meta({ examples: ['1.0.0'] }),
  })
  .meta({ id: 'SystemHealth', description: 'Health of the server' });

export const statusQuery = z.strictObject({
  timezone: z
    .string()
    .max(100)
    .default('UTC')
    .meta({ description: 'Time zone that defines today', examples: ['Europe/Berlin'] }),
});

const count = z.number().int().nonnegative();

const tasksStatus = z
  .object({
    total: count.meta({ description: 'All tasks, including disabled ones', examples: [150] }),
    active: count.meta({ examples: [120] }),
    paused: count.meta({ examples: [20] }),
    running: count.meta({
      description: 'Tasks with a running run, regardless of their status',
      examples: [10],
    }),
  })
  .meta({
    id: 'SystemTasks',
    description: "Tasks of the caller's tenant or, for an administrator, all tasks",
  });

const workersStatus = z
  .object({
    total: count.meta({ examples: [5] }),
    online: count.meta({ description: 'Includes busy workers', examples: [4] }),
    offline: count.meta({ examples: [1] }),
  })
  .meta({ id: 'SystemWorkers', description: 'Nodes, and workers that only send heartbeats' });

export const statusView = z
  .object({
    tasks: tasksStatus,
    workers: workersStatus,
    runs_today: count.meta({ description: 'Runs of these tasks that started today', examples: [450] }),
    success_rate: z
      .number()
      .min(0)
      .max(100)
      .meta({
        description:
          "Success rate of today's finished runs, in percent. Counts successes, failures and timeouts; 100 if there are none",
        examples: [98.5],
      }),
  })
  .meta({ id: 'SystemStatus', description: "Counts and today's results" });
