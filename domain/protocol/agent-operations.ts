import { z } from 'zod';
import { volumeName } from '../jobs/job/volume.js';
import { allocationStatus } from './heartbeat.js';
import { messageAnswer } from './message.js';
import { agentMetrics } from './metrics.js';
import { allocationOrder } from './order.js';
import {
  agentUsage,
  allocationId,
  logCursor,
  logOpened,
  logRequest,
  newestPoints,
  usageHistory,
  volumeRemoval,
} from './query.js';

/** How a server requests an operation over HTTP. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: `/${string}`;
  readonly document?: RouteDocument;
}

export interface RouteDocument {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: { readonly description: string } & (
    { readonly schema: z.ZodType } | { readonly media: Readonly<Record<string, string>> }
  );
  readonly errors: readonly number[];
}

/** How a server requests an operation over NATS, on the node's subject with this name. */
export interface NatsRequest {
  readonly subject: 'orders' | 'query';
  readonly message: z.ZodObject;
  /** Undefined if the response is raw bytes. */
  readonly answer?: z.ZodType;
  readonly answerName: string;
}

export interface AgentOperation {
  readonly http?: HttpRoute;
  readonly nats?: NatsRequest;
}

const allocationPath = z.object({
  allocation_id: z
    .string()
    .meta({ description: 'Allocation id', examples: ['6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11'] }),
});
const order = allocationOrder.meta({
  id: 'AllocationOrder',
  description: 'Allocation to run',
  examples: [
    {
      allocation_id: '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11',
      job_id: 'hello',
      task_group: {
        name: 'web',
        tasks: [
          {
            name: 'serve',
            resources: { cpu: 500, memory: 256 },
            config: { image: 'nginx:1.27', port: 8080 },
          },
        ],
      },
    },
  ],
});
const status = allocationStatus.meta({
  id: 'AllocationStatus',
  description: 'Status of an allocation. Times are Unix seconds',
});
const accepted = z
  .object({ message: z.string().meta({ examples: ['Allocation accepted'] }), allocation_id: z.string() })
  .meta({ id: 'Accepted', description: 'The allocation will run' });
const list = z
  .object({ allocations: z.array(status), count: z.number().int() })
  .meta({ id: 'AllocationList', description: 'All allocations known to the agent' });
const stopped = z.object({ message: z.string() }).meta({
  id: 'Stopped',
  description: 'The allocation was stopped and removed',
  examples: [{ message: 'Allocation 6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11 stopped and removed' }],
});
const usage = agentUsage.meta({
  id: 'AgentUsage',
  description: 'Resource usage of the machine and its tasks',
});
const history = usageHistory.meta({
  id: 'UsageHistory',
  description: 'Resource usage of the tasks of an allocation over the last hour, oldest first',
});
const metrics = agentMetrics.meta({ id: 'AgentMetrics', description: 'State of the machine and its GPUs' });
const logs = z.strictObject({
  task: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Task name. Optional if the allocation has only one task' }),
  type: z
    .enum(['stdout', 'stderr', 'both'])
    .optional()
    .meta({ title: 'LogStream', description: 'Stream to read. Default: both' }),
  follow: z.enum(['true', 'false']).optional().meta({ description: 'Follow the output until the task ends' }),
  tail: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Number of lines from the end of the log to start with. Default: all' }),
  since: z.coerce.number().min(0).optional().meta({
    description:
      'Return only output written since this time, in Unix seconds. Ignored for tasks that are not containers',
  }),
});

const points = z.strictObject({
  last: newestPoints.meta({ description: 'Number of most recent points to return per task. Default: all' }),
});

/**
 * Requests that servers can send to an agent. The agent's routes and subjects, the servers' clients, and the OpenAPI and AsyncAPI
 * descriptions are derived from this table.
 */
export const AGENT_OPERATIONS = {
  place: {
    http: {
      method: 'POST',
      path: '/allocations',
      document: {
        operationId: 'agent_runAllocation',
        summary: 'Run an allocation',
        description:
          'Idempotent: an allocation that the agent already has is accepted again. Refused if `X-Muster-Epoch` contains a different epoch.',
        body: order,
        answer: { description: 'The allocation was accepted', schema: accepted },
        errors: [400, 401, 409],
      },
    },
    nats: {
      subject: 'orders',
      message: z.strictObject({
        order: z.literal('place'),
        allocation: allocationOrder.meta({
          description: 'Allocation to run. The response is sent immediately; heartbeats report the progress',
        }),
      }),
      answer: messageAnswer,
      answerName: 'OrderAnswer',
    },
  },
  list: {
    http: {
      method: 'GET',
      path: '/allocations',
      document: {
        operationId: 'agent_listAllocations',
        summary: 'List allocations',
        description:
          'Returns all allocations known to the agent, including ended ones that it has not removed yet.',
        answer: { description: 'The allocations', schema: list },
        errors: [401],
      },
    },
  },
  status: {
    http: {
      method: 'GET',
      path: '/allocations/:allocation_id',
      document: {
        operationId: 'agent_getAllocation',
        summary: 'Get the status of an allocation',
        description: 'Returns the status of the allocation and of each of its tasks.',
        params: allocationPath,
        answer: { description: 'Status of the allocation', schema: status },
        errors: [401, 404],
      },
    },
    nats: {
      subject: 'query',
      message: z.strictObject({ query: z.literal('status'), allocation_id: allocationId }),
      answer: allocationStatus,
      answerName: 'Status',
    },
  },
  stop: {
    http: {
      method: 'DELETE',
      path: '/allocations/:allocation_id',
      document: {
        operationId: 'agent_stopAllocation',
        summary: 'Stop and remove an allocation',
        description: "Returns once the allocation's tasks have ended.",
        params: allocationPath,
        answer: { description: 'The allocation was stopped and removed', schema: stopped },
        errors: [401, 404, 409],
      },
    },
    nats: {
      subject: 'orders',
      message: z.strictObject({
        order: z.literal('stop'),
        allocation_id: z
          .string()
          .max(256)
          .meta({ description: 'Id of the allocation to stop. Returns 404 if the node does not have it' }),
      }),
      answer: messageAnswer,
      answerName: 'OrderAnswer',
    },
  },
  readLog: {
    http: {
      method: 'GET',
      path: '/allocations/:allocation_id/logs',
      document: {
        operationId: 'agent_getLogs',
        summary: 'Read the log of a task',
        description:
          'Returns the output of a task: the unmodified bytes of one stream, or the lines of both in the order in which they were written.',
        params: allocationPath,
        query: logs,
        answer: {
          description: 'Output of the task',
          media: {
            'text/plain': 'Output of the task. With `follow`, the response continues until the task ends',
          },
        },
        errors: [400, 401, 404],
      },
    },
  },
  usage: {
    http: {
      method: 'GET',
      path: '/usage',
      document: {
        operationId: 'agent_getUsage',
        summary: 'Get the resource usage of the machine and its tasks',
        description:
          'Returns the peak and average usage of every task that has not ended, and the current usage of the whole machine.',
        answer: { description: 'Resource usage', schema: usage },
        errors: [401],
      },
    },
    nats: {
      subject: 'query',
      message: z.strictObject({ query: z.literal('usage') }),
      answer: agentUsage,
      answerName: 'Usage',
    },
  },
  usageHistory: {
    http: {
      method: 'GET',
      path: '/allocations/:allocation_id/usage',
      document: {
        operationId: 'agent_getUsageHistory',
        summary: 'Get the resource usage of an allocation over the last hour',
        description:
          'Returns one point for every 30 seconds, with average CPU and memory. Points are stored with the task, so they survive a restart of the agent.',
        params: allocationPath,
        query: points,
        answer: { description: 'Resource usage of the allocation', schema: history },
        errors: [400, 401, 404],
      },
    },
    nats: {
      subject: 'query',
      message: z.strictObject({
        query: z.literal('usage.history'),
        allocation_id: allocationId,
        last: newestPoints,
      }),
      answer: usageHistory,
      answerName: 'UsageHistory',
    },
  },
  metrics: {
    http: {
      method: 'GET',
      path: '/api/v1/metrics',
      document: {
        operationId: 'agent_getMetrics',
        summary: 'Get the state of the machine',
        description:
          'Returns metrics of the CPU, memory and GPUs of the machine, measured at most once per second. Allocations are not included. Values that a device does not report are null. `system.gpu_problem` explains why devices may be missing.',
        answer: { description: 'State of the machine', schema: metrics },
        errors: [401],
      },
    },
    nats: {
      subject: 'query',
      message: z.strictObject({ query: z.literal('metrics') }),
      answer: agentMetrics,
      answerName: 'Metrics',
    },
  },
  removeVolume: {
    http: { method: 'DELETE', path: '/volumes/:name' },
    nats: {
      subject: 'query',
      message: z.strictObject({ query: z.literal('volume.remove'), volume: volumeName }),
      answer: volumeRemoval,
      answerName: 'VolumeRemoval',
    },
  },
  openLog: {
    nats: { subject: 'query', message: logRequest, answer: logOpened, answerName: 'LogOpened' },
  },
  nextLogChunk: {
    nats: {
      subject: 'query',
      message: z.strictObject({
        query: z.literal('logs.next'),
        cursor: logCursor,
        chunk: z
          .number()
          .int()
          .min(0)
          .meta({ description: 'Zero-based chunk number. The same number returns the same bytes again' }),
      }),
      answerName: 'LogChunk',
    },
  },
  closeLog: {
    nats: {
      subject: 'query',
      message: z.strictObject({ query: z.literal('logs.close'), cursor: logCursor }),
      answer: messageAnswer,
      answerName: 'LogClosed',
    },
  },
} as const satisfies Readonly<Record<string, AgentOperation>>;

type Operations = typeof AGENT_OPERATIONS;
export type AgentOperationName = keyof Operations;

export type HttpOperationName = {
  [Name in AgentOperationName]: Operations[Name] extends { readonly http: HttpRoute } ? Name : never;
}[AgentOperationName];

type MessageOn<Subject, Operation> = Operation extends {
  readonly nats: { readonly subject: Subject; readonly message: infer Message extends z.ZodType };
}
  ? z.infer<Message>
  : never;

export type AgentOrder = MessageOn<'orders', Operations[AgentOperationName]>;
export type AgentQuery = MessageOn<'query', Operations[AgentOperationName]>;

export const agentOrder = requestsOn<AgentOrder>('orders', 'order');

/**
 * Queries to an agent. Opening a log returns a cursor for fetching the log chunk by chunk. A chunk can be requested again until the
 * next one is requested, so the reader sets the pace and can repeat requests whose messages were lost.
 */
export const agentQuery = requestsOn<AgentQuery>('query', 'query');

export function agentPath(name: HttpOperationName, params: Readonly<Record<string, string>> = {}): string {
  return AGENT_OPERATIONS[name].http.path.replace(/:(\w+)/g, (_, param: string) => {
    const value = params[param];
    if (value === undefined) throw new Error(`${name} needs ${param}`);
    return encodeURIComponent(value);
  });
}

export function answerNames(subject: NatsRequest['subject']): string[] {
  return [...new Set(natsRequests(subject).map(({ answerName }) => answerName))];
}

function natsRequests(subject: NatsRequest['subject']): NatsRequest[] {
  return Object.values<AgentOperation>(AGENT_OPERATIONS).flatMap(({ nats }) =>
    nats?.subject === subject ? [nats] : [],
  );
}

function requestsOn<Message>(subject: NatsRequest['subject'], discriminator: string): z.ZodType<Message> {
  const [first, ...others] = natsRequests(subject).map(({ message }) => message);
  if (first === undefined) throw new Error(`there are no requests on ${subject}`);
  // The type follows from the table, but the compiler cannot infer it through Object.values.
  return z.discriminatedUnion(discriminator, [first, ...others]) as unknown as z.ZodType<Message>;
}
