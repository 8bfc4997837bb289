import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { effectiveAccess, type LocalAccess } from '#agents/platform/listener/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { WireLog } from '#src/engine/event-store/index.js';
import { featuresCall, gossipCall } from './about.js';
import { accessOf, type WireCredentials } from './access.js';
import { appendCall, writeAppendResponse } from './append.js';
import { batchAppendCall } from './batch-append.js';
import { readBatch } from './batch-request.js';
import { parseRequest, type MessageClass } from './bounded-reader.js';
import type { Caller } from './caller.js';
import { listenForConnections } from './connections.js';
import type { WireContext } from './context.js';
import { deleteCall, tombstoneCall } from './deletion.js';
import { AppendLimiter } from './append-limiter.js';
import { STORE_BOUNDS, type AppendBounds } from './bounds.js';
import { readCall } from './read.js';
import { writeReadAnswer } from './read-answers.js';
import { featuresService, gossipService, streamsService } from './stubs.js';
import { TAKES_ALL, type WriteRule } from './write-rule.js';

export interface WireServerOptions {
  readonly log: WireLog;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** Credentials that clients must send. If undefined, `localAccess` determines who has access. */
  readonly credentials?: WireCredentials | undefined;
  readonly localAccess?: LocalAccess | undefined;
  readonly rule?: WriteRule;
  readonly bounds?: AppendBounds;
  readonly clock?: Clock;
}

export interface WireServer {
  readonly port: number;
  readonly url: string;
  /** Ends subscriptions and open calls, and closes the log. Accepted appends still get their response. */
  close(): Promise<void>;
}

/** HTTP/2 settings of EventStoreDB, including limits and pings. */
const TRANSPORT = {
  'grpc.max_concurrent_streams': 100,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
};
/** Grace period for calls in progress, in milliseconds. */
const GRACE_MS = 2000;

/** Serves EventStoreDB's protocol over a log, in this thread. Throws if it cannot listen. */
export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const { log, host, tls, clock = systemClock, rule = TAKES_ALL, localAccess = 'same-user' } = options;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const bounds = options.bounds ?? STORE_BOUNDS;
  const gate = new AppendLimiter(bounds.underWay.appends, bounds.underWay.bytes);
  const server = new Server(TRANSPORT);
  const asksOwner = options.credentials === undefined && effectiveAccess(localAccess) !== 'open';
  const connections = await listenForConnections(server, {
    host,
    port: options.port,
    tls,
    localAccess: asksOwner ? localAccess : undefined,
    clock,
  });
  const isOperator = asksOwner ? (caller: Caller) => connections.isOperator(caller) : undefined;
  const access = accessOf({ credentials: options.credentials, isOperator, rule });
  const context: WireContext = { log, clock, gate, bounds, rule, closing: closing.signal, ...access };
  const service = checked(streamsService.StreamsService);
  const definition = {
    ...service,
    read: { ...service.read, responseSerialize: writeReadAnswer },
    append: { ...service.append, responseSerialize: writeAppendResponse },
    batchAppend: { ...service.batchAppend, requestDeserialize: readBatch },
  };
  add(server, definition, {
    read: readCall(context),
    append: appendCall(context),
    batchAppend: batchAppendCall(context),
    delete: deleteCall(context),
    tombstone: tombstoneCall(context),
  });
  add(server, checked(gossipService.GossipService), {
    read: gossipCall(context, randomUUID(), connections.port),
  });
  add(server, checked(featuresService.ServerFeaturesService), { getSupportedMethods: featuresCall(context) });

  const name = host.includes(':') ? `[${host}]` : host;
  const { port } = connections;
  return {
    port,
    url: `esdb://${name}:${port}?tls=${tls !== undefined}`,
    async close() {
      closing.abort();
      connections.close();
      const ended = new Promise<boolean>((resolve) => {
        server.tryShutdown((error) => resolve(error === undefined));
      });
      const over = new AbortController();
      const isOver = await Promise.race([ended, clock.sleep(GRACE_MS, over.signal).then(() => false)]);
      over.abort();
      // Destroying a connection would discard what is about to be sent: that its calls ended because the server closes.
      if (!isOver) server.forceShutdown();
      await log.close();
    },
  };
}

/** Returns a service whose requests are checked before they are parsed, because clients without credentials may send them too. */
function checked<Service extends object>(service: Service): Service {
  return Object.fromEntries(
    Object.entries(service as Record<string, { readonly requestType: MessageClass<unknown> }>).map(
      ([name, method]) => [
        name,
        { ...method, requestDeserialize: (bytes: Buffer) => parseRequest(method.requestType, bytes) },
      ],
    ),
  ) as Service;
}

function add(server: Server, service: object, implementation: UntypedServiceImplementation): void {
  server.addService(service as ServiceDefinition, implementation);
}
