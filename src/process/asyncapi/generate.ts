import type { Catalog } from '#domain/kernel/catalog/index.js';
import { answerNames, NODE_CHANNELS, SERVER_CHANNELS, type NodeChannel } from '#domain/protocol/index.js';
import { SERVERS_QUEUE } from '#agents/platform/transport/nats/subjects.js';
import { SchemaComponents } from './components.js';
import { NamedSchemas } from './named-schemas.js';
import { eventMessages, messages, type MessageParts } from './messages.js';

const CHANNELS = { ...NODE_CHANNELS, ...SERVER_CHANNELS };
const NODE = { node: { description: 'Id of the node, in base64url without padding' } };

const LOGIN = { security: [reference('components/securitySchemes', 'login')] };

/**
 * Generates the AsyncAPI description of all NATS traffic, from the point of view of the servers. The output is deterministic and derived from
 * the schemas that validate the messages.
 */
export function generateAsyncapi(catalog: Pick<Catalog, 'categories' | 'events'>): string {
  const components = new SchemaComponents();
  const parts = messages(components);
  const events = eventMessages(components, catalog.events);
  const named = new NamedSchemas(components.all);
  const described = Object.entries({ ...parts, ...events }).map(([name, message]) => {
    const payload = named.add(name in events ? `${name}Event` : name, message.payload);
    return [name, messageOf(name, { ...message, payload })] as const;
  });
  const answers = (Object.keys(NODE_CHANNELS) as NodeChannel[]).flatMap(answerNames);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Muster: messages',
      version: '1.0.0',
      description:
        'All messages over NATS: those between servers and the agents that registered over NATS, and every event, for any subscriber. Core NATS is sufficient. If the NATS server has JetStream, the stream `MUSTER_EVENTS` retains the latest events. Refusals have the same status and message as over HTTP.\n\nAn agent may seal its messages, as Muster’s own agent does, and then receives sealed messages; its registration determines this. An agent that does not seal its messages sends headers and payload in plain text, with its credential as a bearer token. A sealed message, request or reply, is sealed with the node’s own secret, or with the join token until the node has one. The channel key is HKDF-SHA256 of the secret, without salt, 32 bytes, with the info `muster: messages between servers and an agent`. The message key is HMAC-SHA256, with the channel key, of `request` or `reply`, the subject of the request, and its id, joined by line feeds. The data consists of 12 random bytes, the content encrypted by AES-256-GCM with the message key and those bytes as the nonce, and the 16-byte tag. The content consists of the length of the headers in four bytes, most significant first; the headers as a JSON object of that length, which are all headers listed here except those sent in plain text; and the payload.',
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
        Object.entries(CHANNELS).map(([name, { subject, description, message }]) => [
          name,
          {
            address: subject,
            description,
            ...(name in NODE_CHANNELS ? { parameters: NODE } : {}),
            messages: referencesTo([message]),
          },
        ]),
      ),
      replies: {
        description: 'The reply inbox of a request, which has no fixed address',
        messages: referencesTo([...answers, 'Refusal']),
      },
      events: {
        address: 'muster.events.{category}.{type}',
        description: 'Every event, at least once, in log order',
        parameters: {
          category: {
            description: 'Category of the stream that contains the event',
            enum: [...new Set(catalog.categories)],
          },
          type: { description: 'Type of the event', enum: Object.keys(catalog.events) },
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
            'User and password, or a token, from `MUSTER_NATS_URL`. Muster does not use a NATS server that accepts clients without credentials, unless `MUSTER_NATS_WITHOUT_CREDENTIALS` is `accept`',
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

function receives(channel: NodeChannel) {
  return {
    action: 'receive',
    channel: reference('channels', channel),
    summary: NODE_CHANNELS[channel].description,
    ...LOGIN,
    bindings: { nats: { queue: SERVERS_QUEUE } },
    reply: replyOf(channel),
  };
}

function sends(channel: keyof typeof CHANNELS | 'events') {
  return { action: 'send', channel: reference('channels', channel), ...LOGIN };
}

function replyOf(channel: NodeChannel) {
  return {
    channel: reference('channels', 'replies'),
    messages: [...answerNames(channel), 'Refusal'].map((name) => ({
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
