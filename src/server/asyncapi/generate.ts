import { ALL_CATEGORIES, EVENTS } from '#domain/event-types/index.js';
import { SERVERS_QUEUE } from '#agents/transport/nats/subjects.js';
import { SchemaComponents } from './components.js';
import { NamedSchemas } from './named-schemas.js';
import { eventMessages, messages, type MessageParts } from './messages.js';

const NODE = { node: { description: 'Id of the node, in base64url without padding' } };
const REQUEST_SUBJECTS = {
  register: ['muster.register.{node}', 'A node registers', NODE, ['Registration']],
  heartbeat: ['muster.heartbeat.{node}', 'A node reports', NODE, ['Heartbeat']],
  desired: ['muster.desired.{node}', 'A node asks what it should run', NODE, ['DesiredRequest']],
  document: [
    'muster.document.{node}',
    'A node asks for a text that is kept under its hash',
    NODE,
    ['DocumentRequest'],
  ],
  orders: ['muster.node.{node}.orders', 'A node is told what to run and what to stop', NODE, ['Order']],
  query: [
    'muster.node.{node}.query',
    'A node is asked how its allocations are, what they use, and what they wrote',
    NODE,
    ['Query'],
  ],
  seen: ['muster.seen', 'Servers tell each other which nodes they heard', undefined, ['Seen']],
  workers: ['muster.workers', 'Servers tell each other which workers they heard', undefined, ['Workers']],
  publisher: [
    'muster.publisher',
    'Servers that publish events tell each other how far they are',
    undefined,
    ['Publisher'],
  ],
} as const;

/** Authentication of the connection. Messages on behalf of a node carry further headers. */
const LOGIN = { security: [reference('components/securitySchemes', 'login')] };

const REPLIES = {
  register: ['Taken'],
  heartbeat: ['Taken'],
  desired: ['DesiredPage'],
  document: ['DocumentPage'],
  orders: ['OrderAnswer'],
  query: [
    'Status',
    'Usage',
    'UsageHistory',
    'Metrics',
    'VolumeRemoval',
    'LogOpened',
    'LogChunk',
    'LogClosed',
  ],
} as const;

/**
 * Generates the AsyncAPI description of all NATS traffic, from the point of view of the servers. The text is deterministic, made from the schemas
 * that validate the messages.
 */
export function generateAsyncapi(): string {
  const components = new SchemaComponents();
  const parts = messages(components);
  const events = eventMessages(components);
  const named = new NamedSchemas(components.all);
  const described = Object.entries({ ...parts, ...events }).map(([name, message]) => {
    const payload = named.add(name in events ? `${name}Event` : name, message.payload);
    return [name, messageOf(name, { ...message, payload })] as const;
  });
  const answers = [...new Set(Object.values(REPLIES).flat()), 'Refusal'];
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Muster: messages',
      version: '1.0.0',
      description:
        'What goes over NATS: between servers and the agents that registered there, and every event, for anybody who subscribes. Core NATS is all that is needed. Where the server has JetStream, the stream `MUSTER_EVENTS` keeps the newest events. A refusal has the status and the words that HTTP would have.\n\nAn agent may seal its messages, as Muster’s own does, and is then sent sealed ones; it is chosen by the registration. One that does not sends headers and payload in the open, and shows its credential as Bearer. A sealed message, request or reply, is sealed with the node’s own secret, or with the join token until it has one. The key of the channel is HKDF-SHA256 of the secret, without salt, 32 bytes, with the info `muster: messages between servers and an agent`. The key of a message is HMAC-SHA256, by that key, of `request` or `reply`, the subject of the request, and its id, joined by line feeds. The data is 12 random bytes, what AES-256-GCM makes of the rest with that key and those bytes as nonce, and 16 bytes of tag. The rest is four bytes with a length, most significant first; headers as a JSON object of that length, all below but those that stand in the open; and the payload.',
      license: { name: 'Proprietary' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: {
        host: '127.0.0.1:4222',
        protocol: 'nats',
        description: 'A NATS server on this machine',
        ...LOGIN,
      },
    },
    channels: {
      ...Object.fromEntries(
        Object.entries(REQUEST_SUBJECTS).map(([name, [address, description, parameters, names]]) => [
          name,
          {
            address,
            description,
            ...(parameters === undefined ? {} : { parameters }),
            messages: referencesTo(names),
          },
        ]),
      ),
      replies: {
        description: 'The inbox that a request names: no address of its own',
        messages: referencesTo(answers),
      },
      events: {
        address: 'muster.events.{category}.{type}',
        description: 'Every event, at least once, in the order of the log',
        parameters: {
          category: {
            description: 'Category of the stream that the event is in',
            enum: [...new Set(ALL_CATEGORIES)],
          },
          type: { description: 'Type of the event', enum: Object.keys(EVENTS) },
        },
        messages: referencesTo(Object.keys(events)),
      },
    },
    operations: {
      registerNode: receives('register'),
      takeHeartbeat: receives('heartbeat'),
      answerDesired: receives('desired'),
      answerDocument: receives('document'),
      order: { ...sends('orders'), reply: replyOf('orders') },
      ask: { ...sends('query'), reply: replyOf('query') },
      tellSeen: sends('seen'),
      hearSeen: { action: 'receive', channel: reference('channels', 'seen'), ...LOGIN },
      tellWorkers: sends('workers'),
      hearWorkers: { action: 'receive', channel: reference('channels', 'workers'), ...LOGIN },
      tellPublisher: sends('publisher'),
      hearPublisher: { action: 'receive', channel: reference('channels', 'publisher'), ...LOGIN },
      publishEvent: { ...sends('events'), summary: 'Publishes an event' },
    },
    components: {
      messages: Object.fromEntries(described),
      schemas: named.all,
      securitySchemes: {
        login: {
          type: 'userPassword',
          description:
            'User and password, or a token, as `MUSTER_NATS_URL` has them. Muster uses no NATS server that lets in clients without, unless `MUSTER_NATS_WITHOUT_CREDENTIALS` is `accept`',
        },
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function messageOf(
  name: string,
  { title, summary, headers, required = [], payload, contentType }: MessageParts,
) {
  return {
    name,
    title,
    summary,
    ...(contentType === undefined ? {} : { contentType }),
    ...(headers === undefined
      ? {}
      : { headers: { type: 'object', properties: headers, ...(required.length === 0 ? {} : { required }) } }),
    payload,
  };
}

function receives(channel: keyof typeof REPLIES) {
  return {
    action: 'receive',
    channel: reference('channels', channel),
    summary: REQUEST_SUBJECTS[channel][1],
    ...LOGIN,
    bindings: { nats: { queue: SERVERS_QUEUE } },
    reply: replyOf(channel),
  };
}

function sends(channel: keyof typeof REQUEST_SUBJECTS | 'events') {
  return { action: 'send', channel: reference('channels', channel), ...LOGIN };
}

function replyOf(channel: keyof typeof REPLIES) {
  return {
    channel: reference('channels', 'replies'),
    messages: [...REPLIES[channel], 'Refusal'].map((name) => ({
      $ref: `#/channels/replies/messages/${name}`,
    })),
  };
}

function referencesTo(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, reference('components/messages', name)]));
}

function reference(where: string, name: string) {
  return { $ref: `#/${where}/${name}` };
}
