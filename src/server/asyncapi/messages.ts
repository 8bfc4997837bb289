import { z } from 'zod';
import { EVENTS, publishedEvent } from '#domain/event-types/index.js';
import {
  agentMetrics,
  agentUsage,
  agentOrder,
  agentQuery,
  ASK_ENDPOINTS_HEADER,
  allocationStatus,
  CHUNK_HEADER,
  desiredPage,
  desiredRequest,
  DIGEST_HEADER,
  textBlobPage,
  textBlobRequest,
  EPOCH_HEADER,
  errorAnswer,
  heartbeatOverNats,
  LAST_CHUNK_HEADER,
  logOpened,
  MESSAGE_KEY_HEADER,
  NODE_SECRET_HEADER,
  SERVER_ENDPOINTS_HEADER,
  messageAnswer,
  POSITION_HEADER,
  publisherAnnouncement,
  registration,
  seenBatch,
  STATUS_HEADER,
  usageHistory,
  volumeRemoval,
  workersBatch,
} from '#domain/protocol/index.js';
import {
  KEY_HEADER,
  MESSAGE_ID_HEADER,
  SEALED_HEADER,
  SEALED_VERSION,
} from '#agents/transport/nats/sealed-message.js';
import type { Schema, SchemaComponents } from './components.js';

type Headers = Readonly<Record<string, Schema>>;

const text = (description: string): Schema => ({ type: 'string', description });
/** Headers of a sealed request. They are plain text; all other headers and the payload are sealed. */
const sealing: Headers = {
  [SEALED_HEADER]: { type: 'string', const: SEALED_VERSION, description: 'Form of the sealed data' },
  [KEY_HEADER]: text(
    'What it is sealed with: `join`, the join token; else the secret of this node, which is `musnode_`, this name, `_` and a proof',
  ),
  [MESSAGE_ID_HEADER]: {
    type: 'string',
    pattern: '^[A-Za-z0-9_-]{22}$',
    description: '16 random bytes in base64url; a second message with the same id is not heard',
  },
};
const token: Headers = {
  authorization: text(
    'Of a message that is not sealed: `Bearer` and the node’s own secret, or the join token; needed where a join token is set',
  ),
  ...sealing,
};
const shown: Headers = {
  authorization: text(
    'Of a message that is not sealed: `Bearer` and what is made of the node’s own secret, where a join token is set',
  ),
  ...sealing,
};
const agentProtocol: Headers = {
  'x-muster-agent': text(
    'Version of the agent protocol, 1; absent: an agent that knows neither epochs nor desired lists',
  ),
};
const epoch: Headers = {
  [EPOCH_HEADER]: {
    type: 'string',
    pattern: '^[1-9][0-9]{0,14}$',
    description: 'Epoch of the node that the sender means',
  },
};
const answered: Headers = {
  [STATUS_HEADER]: { type: 'string', pattern: '^[0-9]{3}$', description: 'The status that HTTP would have' },
};
const holds: Headers = {
  [EPOCH_HEADER]: text('Epoch of the node that holds'),
  [DIGEST_HEADER]: text(
    'Digest of the set of allocations that the node should run. An agent remembers it and need not compute it: where it differs from the one of its list, the agent asks for the list',
  ),
  [POSITION_HEADER]: text('Position of the newest event that this brought about'),
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
        'A node, and what it offers. It begins a new epoch, whose number stands in the answer; the node is reached over NATS from then on',
      headers: {
        ...token,
        ...agentProtocol,
        [MESSAGE_KEY_HEADER]: text('A registration that arrives twice with the same key begins one epoch'),
        [ASK_ENDPOINTS_HEADER]: text(
          'Present with `x-muster-agent`: the server registers nothing and answers only with where its parts listen, which an agent has to know before anything is placed on its node',
        ),
      },
      payload: taken(registration),
    },
    Heartbeat: {
      title: 'Heartbeat',
      summary:
        'That a node lives, and what runs on it; absent `allocations` say nothing about them. A status that is not listed is refused (400). Sent at least once in the node timeout of the servers, which is 30 seconds unless they are set otherwise; best three times. Refusals: 400, register first; 409, a newer epoch has begun, register again',
      headers: { ...token, ...agentProtocol, ...epoch },
      payload: taken(heartbeatOverNats),
    },
    DesiredRequest: {
      title: 'Question for the desired list',
      summary: 'Asked page by page',
      headers: { ...token, ...agentProtocol, ...epoch },
      payload: taken(desiredRequest),
    },
    DesiredPage: reply(
      'Page of the desired list',
      'What the node should run, in the order of allocation ids. Pages whose digests differ are of different lists: ask again from the first',
      desiredPage,
      holds,
    ),
    DocumentRequest: {
      title: 'Question for a text',
      summary: 'Asked page by page: `after` is the bytes, in UTF-8, of the pages that came',
      headers: { ...token, ...agentProtocol },
      payload: taken(textBlobRequest),
    },
    DocumentPage: reply(
      'Page of a text',
      'All pages in their order are the text. Its name is the SHA-256 of its bytes, in hexadecimal, by which who asked checks it',
      textBlobPage,
    ),
    Taken: reply('Taken', 'A registration or a heartbeat was taken', messageAnswer, {
      ...holds,
      [SERVER_ENDPOINTS_HEADER]: text(
        'Of a registration of our agents: where parts of Muster listen, `host:port` by commas, which no call of a task reaches',
      ),
      [NODE_SECRET_HEADER]: text(
        'Of a registration with the join token, and of our agents’ heartbeats with it: the secret that the node may use from now on, and once it has, must: as Bearer, or to seal its messages with',
      ),
    }),
    Order: {
      title: 'Order',
      summary:
        'Run an allocation, or stop it. The same order twice changes nothing; one of another epoch is refused by the agent with 409. `Bearer` shows the digest of the node’s secret that a server makes: it opens no other node',
      headers: { ...shown, ...epoch },
      required: [EPOCH_HEADER],
      payload: taken(agentOrder),
    },
    OrderAnswer: reply('Order taken', 'It will run, or has stopped', messageAnswer),
    Query: {
      title: 'Query',
      summary:
        'What an allocation does, what is used, how the machine is, or a log: opened, fetched chunk by chunk, closed; or that a volume is removed',
      headers: { ...shown },
      payload: taken(agentQuery),
    },
    Status: reply('Status', 'How an allocation is. Times are Unix seconds', allocationStatus),
    Usage: reply('Usage', 'What the machine and its tasks use', agentUsage),
    UsageHistory: reply(
      'History of usage',
      'What the tasks of an allocation used in the last hour',
      usageHistory,
    ),
    VolumeRemoval: reply(
      'Removal of a volume',
      'Whether the volume is gone. The query may be repeated',
      volumeRemoval,
    ),
    Metrics: reply('Metrics', 'What the machine uses now, and its GPUs', agentMetrics),
    LogOpened: reply('Log opened', 'What its chunks are fetched with', logOpened),
    LogClosed: reply('Log closed', 'Nothing is kept of it', messageAnswer),
    LogChunk: {
      title: 'Chunk of a log',
      summary: 'Bytes as the task wrote them; none where a followed log is silent: ask for the next',
      headers: {
        ...answered,
        [CHUNK_HEADER]: text('Number of the chunk, from 0'),
        [LAST_CHUNK_HEADER]: { type: 'string', const: 'true', description: 'Nothing comes behind it' },
      },
      required: [STATUS_HEADER, CHUNK_HEADER],
      contentType: 'application/octet-stream',
      payload: { type: 'string', description: 'Raw bytes' },
    },
    Refusal: reply(
      'Refusal',
      'It was not taken; what HTTP would answer. In the open where the request could not be opened',
      errorAnswer,
    ),
    Seen: {
      title: 'Nodes seen',
      summary: 'Which nodes a server heard. Telemetry: what is lost spoils nothing',
      payload: given(seenBatch),
    },
    Workers: {
      title: 'Workers seen',
      summary:
        'Which workers a server heard by `POST /api/workers/{id}/heartbeat`. Telemetry: what is lost spoils nothing',
      payload: given(workersBatch),
    },
    Publisher: {
      title: 'Publisher',
      summary: 'A server that publishes events, or stands by for it',
      payload: given(publisherAnnouncement),
    },
  };
}

export function eventMessages(components: SchemaComponents): Readonly<Record<string, MessageParts>> {
  const headers: Headers = {
    'Nats-Msg-Id': text('The event’s id'),
    'Content-Type': { type: 'string', const: 'application/cloudevents+json; charset=utf-8' },
  };
  const { data: _data, type: _type, ...attributes } = publishedEvent.shape;
  return Object.fromEntries(
    Object.entries(EVENTS).map(([type, { schema }]) => {
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

/** A CloudEvent may have attributes that its reader does not know. */
function open({ additionalProperties: _none, ...schema }: Schema): Schema {
  return schema;
}
