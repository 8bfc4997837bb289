import { z } from 'zod';
import type { EventTable } from '#domain/kernel/event/index.js';
import { publishedEvent } from '#domain/kernel/published-event.js';
import {
  AGENT_OPERATIONS as agent,
  agentOrder,
  agentQuery,
  CHALLENGE_HEADER,
  CHUNK_HEADER,
  DIGEST_HEADER,
  EPOCH_HEADER,
  LOG_HEADER,
  errorAnswer,
  LAST_CHUNK_HEADER,
  MESSAGE_KEY_HEADER,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  SERVER_OPERATIONS as server,
  POSITION_HEADER,
  publisherAnnouncement,
  seenBatch,
  STATUS_HEADER,
  workersBatch,
} from '#domain/protocol/index.js';
import {
  KEY_HEADER,
  MESSAGE_ID_HEADER,
  SEALED_HEADER,
  SEALED_VERSION,
} from '#agents/platform/transport/sealed-message.js';
import type { Schema, SchemaComponents } from './components.js';

type Headers = Readonly<Record<string, Schema>>;

const text = (description: string): Schema => ({ type: 'string', description });
const sealing: Headers = {
  [SEALED_HEADER]: { type: 'string', const: SEALED_VERSION, description: 'Format of the sealed data' },
  [KEY_HEADER]: text(
    'Key of the sealed message: `join` for the join token, otherwise the name of the node’s secret. The secret consists of `musnode_`, this name, `_` and a proof',
  ),
  [MESSAGE_ID_HEADER]: {
    type: 'string',
    pattern: '^[A-Za-z0-9_-]{22}$',
    description: '16 random bytes in base64url; a second message with the same id is ignored',
  },
};
const ONLY_SERVERS = 'Sealed with a key that only servers have';
/** Of messages between servers. */
const between: Headers = {
  [SEALED_HEADER]: sealing[SEALED_HEADER] ?? {},
  [MESSAGE_ID_HEADER]: sealing[MESSAGE_ID_HEADER] ?? {},
};
const token: Headers = {
  authorization: text(
    'Only in unsealed messages: `Bearer` followed by the node’s own secret, or by the join token if `MUSTER_ALLOW_BEARER_JOIN` is `true` on the servers. Required if a join token is set',
  ),
  [CHALLENGE_HEADER]: text(
    'Only in sealed messages: the challenge of the last reply. A message with one that is older than a minute is refused with 428, and its reply contains a new one. Only the first message, which has none, may omit it',
  ),
  ...sealing,
};
const shown: Headers = {
  authorization: text(
    'Only in unsealed messages, if a join token is set: `Bearer` followed by a token derived from the node’s own secret',
  ),
  ...sealing,
};
const agentProtocol: Headers = {
  'x-muster-agent': text(
    'Version of the agent protocol: 1. Absent if the agent supports neither epochs nor desired lists',
  ),
};
const epoch: Headers = {
  [EPOCH_HEADER]: {
    type: 'string',
    pattern: '^[1-9][0-9]{0,14}$',
    description: 'Epoch of the node that the message refers to',
  },
};
const answered: Headers = {
  [STATUS_HEADER]: { type: 'string', pattern: '^[0-9]{3}$', description: 'The same status as over HTTP' },
};
const holds: Headers = {
  [CHALLENGE_HEADER]: text('Only in sealed messages: a challenge for the next message'),
  [EPOCH_HEADER]: text('Current epoch of the node'),
  [DIGEST_HEADER]: text(
    'Digest of the set of allocations that the node should run. An agent stores it and does not have to compute it. If it differs from the digest of the agent’s list, the agent requests the list',
  ),
  [LOG_HEADER]: text(
    'In responses to registrations and heartbeats of Muster’s own agents: the id of the servers’ log, 32 hexadecimal digits',
  ),
  [POSITION_HEADER]: text('Position of the last event that the request caused'),
};

export interface MessageParts {
  readonly title: string;
  readonly summary: string;
  readonly headers?: Headers;
  readonly required?: readonly string[];
  readonly payload: Schema;
  readonly contentType?: string;
}

export function messages(components: SchemaComponents): Readonly<Record<string, MessageParts>> {
  const taken = (schema: z.ZodType): Schema => components.of(schema, 'input');
  const given = (schema: z.ZodType): Schema => components.of(schema, 'output');
  const reply = (title: string, summary: string, schema: z.ZodType, headers: Headers = {}): MessageParts => ({
    title,
    summary,
    headers: { ...answered, ...headers },
    required: [STATUS_HEADER],
    payload: given(schema),
  });
  return {
    Registration: {
      title: 'Registration',
      summary:
        'A node and its resources. A registration begins a new epoch, whose number is in the response. From then on, the node is reached over NATS',
      headers: {
        ...token,
        ...agentProtocol,
        [MESSAGE_KEY_HEADER]: text('Idempotency key: registrations with the same key begin only one epoch'),
      },
      payload: taken(server.register.nats.message),
    },
    Heartbeat: {
      title: 'Heartbeat',
      summary:
        'Reports that the node is alive and what is running on it. Without `allocations`, nothing is reported about them. Send at least one heartbeat, preferably three, per node timeout (set on the servers, 30 seconds by default). Errors: 400, unknown status, or the node must register first; 409, a newer epoch has begun and the node must register again',
      headers: { ...token, ...agentProtocol, ...epoch },
      payload: taken(server.heartbeat.nats.message),
    },
    DesiredRequest: {
      title: 'Request for the desired list',
      summary: 'Sent once per page',
      headers: { ...token, ...agentProtocol, ...epoch },
      payload: taken(server.desired.nats.message),
    },
    DesiredPage: reply(
      'Page of the desired list',
      'Allocations that the node should run, ordered by id. If two pages have different digests, they belong to different lists: start again with the first page',
      server.desired.nats.answer,
      holds,
    ),
    DocumentRequest: {
      title: 'Request for a text blob',
      summary: 'Sent once per page: `after` is the number of bytes, in UTF-8, of the pages received so far',
      headers: { ...token, ...agentProtocol },
      payload: taken(server.document.nats.message),
    },
    DocumentPage: reply(
      'Page of a text blob',
      'Concatenate all pages, in order, to get the text. The name of the text is the hexadecimal SHA-256 of its bytes, so the node can verify it',
      server.document.nats.answer,
    ),
    Taken: reply('Accepted', 'The registration or heartbeat was accepted', server.register.nats.answer, {
      ...holds,
      [SERVER_ENDPOINTS_HEADER]: text(
        'In responses to registrations of Muster’s own agents: comma-separated `host:port` addresses of Muster’s components, which HTTP calls of tasks may not reach',
      ),
      [NODE_SECRET_HEADER]: text(
        'In responses to registrations with the join token, and to heartbeats of Muster’s own agents with the join token: the secret of the node, to be sent as a bearer token or used to seal messages. After its first use, the join token is no longer accepted',
      ),
    }),
    Order: {
      title: 'Order',
      summary:
        'Runs or stops an allocation. Repeating an order has no effect. The agent refuses an order from a different epoch with 409. The bearer token is a digest of the node’s secret and is valid only for this node',
      headers: { ...shown, ...epoch },
      required: [EPOCH_HEADER],
      payload: taken(agentOrder),
    },
    OrderAnswer: reply('Order accepted', 'The allocation will run, or has stopped', agent.place.nats.answer),
    Query: {
      title: 'Query',
      summary:
        'Status or usage of an allocation, metrics of the machine, a log or a command in a task (opened, fetched in chunks, closed), or the removal or copy of a volume',
      headers: { ...shown },
      payload: taken(agentQuery),
    },
    Status: reply('Status', 'Status of an allocation. Times are Unix seconds', agent.status.nats.answer),
    Usage: reply('Usage', 'Usage of the machine and its tasks', agent.usage.nats.answer),
    UsageHistory: reply(
      'Usage history',
      'Usage of the tasks of an allocation over the last hour',
      agent.usageHistory.nats.answer,
    ),
    VolumeRemoval: reply(
      'Volume removal',
      'Whether the volume has been removed. The query may be repeated',
      agent.removeVolume.nats.answer,
    ),
    Metrics: reply('Metrics', 'Current usage of the machine, and its GPUs', agent.metrics.nats.answer),
    LogOpened: reply('Log opened', 'Cursor for fetching the chunks', agent.openLog.nats.answer),
    LogClosed: reply('Log closed', 'The cursor is no longer valid', agent.closeLog.nats.answer),
    CommandOpened: reply('Command started', 'The command runs in the task', agent.openCommand.nats.answer),
    VolumeCopyOpened: reply(
      'Copy of a volume started',
      'Its archive is fetched or sent like the output or input of a command',
      agent.copyVolume.nats.answer,
    ),
    CommandOutput: reply(
      'Output of a command',
      'Its output since the previous chunk, and in the end its exit code. Empty if it had none for two seconds; in this case, request the next chunk',
      agent.nextCommandOutput.nats.answer,
    ),
    CommandInputTaken: reply(
      'Input of a command',
      'Whether the piece was written. If not, send it again',
      agent.commandInput.nats.answer,
    ),
    CommandResized: reply(
      'Terminal resized',
      'The terminal has the new size',
      agent.resizeCommand.nats.answer,
    ),
    CommandClosed: reply('Command ended', 'The command no longer runs', agent.closeCommand.nats.answer),
    LogChunk: {
      title: 'Log chunk',
      summary:
        'Bytes as the task wrote them. Empty if a followed log has no new output; in this case, request the next chunk',
      headers: {
        ...answered,
        [CHUNK_HEADER]: text('Zero-based chunk number'),
        [LAST_CHUNK_HEADER]: { type: 'string', const: 'true', description: 'This is the last chunk' },
      },
      required: [STATUS_HEADER, CHUNK_HEADER],
      contentType: 'application/octet-stream',
      payload: { type: 'string', description: 'Raw bytes' },
    },
    Refusal: reply(
      'Refusal',
      'The request was refused with the same error as over HTTP. Not sealed if the request could not be unsealed',
      errorAnswer,
    ),
    Seen: {
      title: 'Nodes seen',
      summary: `Nodes that a server has heard from. This is telemetry, so lost messages do no harm. ${ONLY_SERVERS}`,
      headers: between,
      payload: given(seenBatch),
    },
    Workers: {
      title: 'Workers seen',
      summary: `Workers that a server has heard from through \`POST /api/workers/{id}/heartbeat\`. This is telemetry, so lost messages do no harm. ${ONLY_SERVERS}`,
      headers: between,
      payload: given(workersBatch),
    },
    Publisher: {
      title: 'Publisher',
      summary: `A server that publishes events or is a standby. ${ONLY_SERVERS}`,
      headers: between,
      payload: given(publisherAnnouncement),
    },
  };
}

export function eventMessages(
  components: SchemaComponents,
  events: EventTable,
): Readonly<Record<string, MessageParts>> {
  const headers: Headers = {
    'Nats-Msg-Id': text('The event’s id'),
    'Content-Type': { type: 'string', const: 'application/cloudevents+json; charset=utf-8' },
  };
  const { data: _data, type: _type, ...attributes } = publishedEvent.shape;
  return Object.fromEntries(
    Object.entries(events).map(([type, { schema }]) => {
      const form = z.object({
        ...attributes,
        type: z.string().regex(new RegExp(`^muster\\.[A-Za-z]+\\.${type}$`)),
        data: schema.optional(),
      });
      return [
        type,
        {
          title: type,
          summary: `${type}, as a CloudEvent`,
          headers,
          required: Object.keys(headers),
          contentType: 'application/cloudevents+json',
          payload: open(components.of(form, 'output')),
        },
      ];
    }),
  );
}

/** A CloudEvent may have attributes that its consumer does not recognize. */
function open({ additionalProperties: _none, ...schema }: Schema): Schema {
  return schema;
}
