import { z } from 'zod';
import { volumeName } from '../jobs/job/volume.js';
import { allocationStatus } from './heartbeat.js';
import { COMMAND_REQUESTS, commandChunk, inputTaken, VOLUME_COPY_REQUEST } from './command.js';
import { messageAnswer } from './message.js';
import { agentMetrics } from './metrics.js';
import type { NodeChannel } from './channels.js';
import { pathOf, type AgentOperation, type MessageOf, type OverHttp, type OverNats } from './operation.js';
import { allocationOrder } from './order.js';
import {
  agentUsage,
  allocationId,
  killTimeouts,
  logCursor,
  logOpened,
  logRequest,
  newestPoints,
  stopQuery,
  usageHistory,
  volumeRemoval,
} from './query.js';

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
      'Return only lines from this time on, in Unix seconds. Lines whose time is unknown are included',
  }),
  until: z.coerce.number().min(0).optional().meta({
    description: 'Return only lines before this time, in Unix seconds. A followed log ends then',
  }),
  timestamps: z.enum(['true', 'false']).optional().meta({
    description:
      'Put the time of each line (RFC 3339, UTC) and a space before it, or `- ` if its time is unknown',
  }),
});

const points = z.strictObject({
  last: newestPoints.meta({ description: 'Number of most recent points to return per task. Default: all' }),
});

/**
 * Requests that servers can send to an agent. The agent's routes and subjects, the servers' clients, and the OpenAPI and AsyncAPI
 * descriptions are derived from this table. `SERVER_OPERATIONS` is the table of the other direction.
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
    nats: natsOrder('place', {
      allocation: allocationOrder.meta({
        description: 'Allocation to run. The response is sent immediately; heartbeats report the progress',
      }),
    }),
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
    nats: natsQuery('status', { allocation_id: allocationId }, 'Status', allocationStatus),
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
        query: stopQuery,
        answer: { description: 'The allocation was stopped and removed', schema: stopped },
        errors: [400, 401, 404, 409],
      },
    },
    nats: natsOrder('stop', {
      allocation_id: z
        .string()
        .max(256)
        .meta({ description: 'Id of the allocation to stop. Returns 404 if the node does not have it' }),
      kill_timeouts: killTimeouts.optional().meta({
        description: 'Seconds between SIGTERM and SIGKILL by task, if they have changed since the order',
      }),
    }),
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
    nats: natsQuery('usage', {}, 'Usage', agentUsage),
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
    nats: natsQuery(
      'usage.history',
      { allocation_id: allocationId, last: newestPoints },
      'UsageHistory',
      usageHistory,
    ),
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
    nats: natsQuery('metrics', {}, 'Metrics', agentMetrics),
  },
  removeVolume: {
    http: { method: 'DELETE', path: '/volumes/:name' },
    nats: natsQuery('volume.remove', { volume: volumeName }, 'VolumeRemoval', volumeRemoval),
  },
  openLog: {
    nats: natsQuery('logs', logRequest.shape, 'LogOpened', logOpened),
  },
  nextLogChunk: {
    nats: natsQuery(
      'logs.next',
      {
        cursor: logCursor,
        chunk: z
          .number()
          .int()
          .min(0)
          .meta({ description: 'Zero-based chunk number. The same number returns the same bytes again' }),
      },
      'LogChunk',
    ),
  },
  closeLog: {
    nats: natsQuery('logs.close', { cursor: logCursor }, 'LogClosed', messageAnswer),
  },
  openCommand: {
    http: { method: 'POST', path: '/commands/open' },
    nats: natsQuery('command', COMMAND_REQUESTS.open, 'CommandOpened', messageAnswer),
  },
  copyVolume: {
    http: { method: 'POST', path: '/volume-copies/open' },
    nats: natsQuery('volume.copy', VOLUME_COPY_REQUEST, 'VolumeCopyOpened', messageAnswer),
  },
  nextCommandOutput: {
    http: { method: 'POST', path: '/commands/next' },
    nats: natsQuery('command.next', COMMAND_REQUESTS.next, 'CommandOutput', commandChunk),
  },
  commandInput: {
    http: { method: 'POST', path: '/commands/input' },
    nats: natsQuery('command.input', COMMAND_REQUESTS.input, 'CommandInputTaken', inputTaken),
  },
  resizeCommand: {
    http: { method: 'POST', path: '/commands/resize' },
    nats: natsQuery('command.resize', COMMAND_REQUESTS.resize, 'CommandResized', messageAnswer),
  },
  closeCommand: {
    http: { method: 'POST', path: '/commands/close' },
    nats: natsQuery('command.close', COMMAND_REQUESTS.close, 'CommandClosed', messageAnswer),
  },
} as const satisfies Readonly<Record<string, AgentOperation>>;

type Operations = typeof AGENT_OPERATIONS;
export type AgentOperationName = keyof Operations;
/** Operations on commands that run in tasks, and on copies of volumes, which have output and input as well. Their input is the same over HTTP, as the body of the request, and over NATS. */
export const COMMAND_OPERATIONS = [
  'openCommand',
  'copyVolume',
  'nextCommandOutput',
  'commandInput',
  'resizeCommand',
  'closeCommand',
] as const satisfies readonly AgentOperationName[];
export type CommandOperation = (typeof COMMAND_OPERATIONS)[number];
export type HttpOperationName = OverHttp<Operations>;
export type NatsOperationName = OverNats<Operations>;

/** What a request asks for, in the same form over HTTP and NATS. */
export type AgentInput<Name extends NatsOperationName> = Omit<MessageOf<Operations[Name]>, 'order' | 'query'>;

/** How an agent carries out operations. The call says what only the transport of a request knows. */
export type AgentHandlers<Name extends NatsOperationName, Call> = {
  readonly [Each in Name]: (input: AgentInput<Each>, call: Call) => unknown;
};

type MessageOn<Channel> = {
  [Name in NatsOperationName]: Operations[Name]['nats']['channel'] extends Channel
    ? MessageOf<Operations[Name]>
    : never;
}[NatsOperationName];

export type AgentOrder = MessageOn<'orders'>;
export type AgentQuery = MessageOn<'query'>;

export const agentOrder = requestsOn<AgentOrder>('orders', 'order');

/**
 * Queries to an agent. Opening a log returns a cursor for fetching the log chunk by chunk. A chunk can be requested again until the
 * next one is requested, so the reader sets the pace and can repeat requests whose messages were lost.
 */
export const agentQuery = requestsOn<AgentQuery>('query', 'query');

/** Returns the message that requests an operation. */
export function agentMessage<Name extends NatsOperationName>(name: Name, input: AgentInput<Name>): object {
  const { channel, word } = AGENT_OPERATIONS[name].nats;
  return channel === 'orders' ? { order: word, ...input } : { query: word, ...input };
}

const NAMES = new Map(
  Object.entries<AgentOperation>(AGENT_OPERATIONS).map(([name, { nats }]) => [
    nats?.word,
    name as NatsOperationName,
  ]),
);

/** Returns the operation that a message requests. */
export function requestedBy(message: AgentOrder | AgentQuery): NatsOperationName {
  const name = NAMES.get('order' in message ? message.order : message.query);
  if (name === undefined) throw new Error(`no operation has the message ${JSON.stringify(message)}`);
  return name;
}

export function agentPath(name: HttpOperationName, params?: Readonly<Record<string, unknown>>): string {
  return pathOf(AGENT_OPERATIONS[name].http, params);
}

function requestsOn<Message>(channel: NodeChannel, discriminator: string): z.ZodType<Message> {
  const [first, ...others] = Object.values<AgentOperation>(AGENT_OPERATIONS).flatMap(({ nats }) =>
    nats?.channel === channel ? [nats.message] : [],
  );
  if (first === undefined) throw new Error(`there are no requests on ${channel}`);
  // The type follows from the table, but the compiler cannot infer it through Object.values.
  return z.discriminatedUnion(discriminator, [first, ...others]) as unknown as z.ZodType<Message>;
}

/** Declares an order over NATS. All orders have the same answer. */
function natsOrder<Word extends string, Fields extends z.ZodRawShape>(word: Word, fields: Fields) {
  const message = z.strictObject({ order: z.literal(word), ...fields });
  return { channel: 'orders', word, message, answer: messageAnswer, answerName: 'OrderAnswer' } as const;
}

/** Declares a query over NATS. Without the schema of an answer, the response is raw bytes. */
function natsQuery<Word extends string, Fields extends z.ZodRawShape, Answer extends z.ZodType>(
  word: Word,
  fields: Fields,
  answerName: string,
  answer?: Answer,
) {
  const message = z.strictObject({ query: z.literal(word), ...fields });
  return { channel: 'query', word, message, answer: answer as Answer, answerName } as const;
}
