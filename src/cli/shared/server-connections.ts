import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { variable } from '#agents/platform/environment.js';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { addressOfServer } from '#agents/platform/transport/server-address.js';
import { itemsOf } from '#domain/kernel/settings/items.js';

/** Connections wait for the next request for this long, in milliseconds. Servers keep them for longer, so none is closed when it is used. */
const IDLE_MS = 3_000;
/** Statuses whose responses have no body. */
const EMPTY: ReadonlySet<number | undefined> = new Set([204, 205, 304]);

type Connections = Pick<http.RequestOptions, 'agent' | 'socketPath'> & { readonly peers: TrustedPeers };
const opened = new Map<string, Connections>();

/**
 * Sends a request over a connection whose other end was checked before. Rejects as `fetch` does, whose own client takes longer to load than all other
 * work of most commands. Redirects are not followed: credentials are for this server.
 */
export async function sendTo(address: string, request: Request): Promise<Response> {
  const { signal, url, method } = request;
  const { peers, ...connections } = connectionsTo(address);
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const isRead = method === 'GET' || method === 'HEAD';
  try {
    if (connections.socketPath !== undefined) await peers.checkFile(connections.socketPath);
    const sent: ClientRequest = (url.startsWith('https:') ? https : http).request(url, {
      ...connections,
      method,
      signal,
      headers: {
        accept: '*/*',
        ...Object.fromEntries(request.headers),
        ...((body !== undefined || !isRead) && { 'content-length': body?.length ?? 0 }),
      },
    });
    sent.end(body);
    const [message] = (await once(sent, 'response')) as [IncomingMessage];
    return await responseOf(message, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new TypeError('fetch failed', { cause: error });
  }
}

async function responseOf(message: IncomingMessage, signal: AbortSignal): Promise<Response> {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = message;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const isEmpty = EMPTY.has(status);
  // The connection is free once its response has been read.
  if (isEmpty) for await (const _ of message);
  const body = isEmpty ? null : streamOf(message, signal);
  return new Response(body, { status, statusText, headers });
}

/**
 * Ends as `fetch` does: with the reason of an abort, or with a TypeError if the connection ends early. A stream that is cancelled ends the connection
 * at once, although nothing may come any more.
 */
function streamOf(message: IncomingMessage, signal: AbortSignal): ReadableStream<Uint8Array> {
  const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { value, done } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      } catch (error) {
        signal.throwIfAborted();
        throw new TypeError('terminated', { cause: error });
      }
    },
    cancel: () => void message.destroy(),
  });
}

function connectionsTo(address: string): Connections {
  const known = opened.get(address);
  if (known !== undefined) return known;
  const peers = new TrustedPeers(itemsOf(variable('MUSTER_SERVER_USER') ?? ''));
  const { socketPath } = addressOfServer(address);
  const options = { keepAlive: true, timeout: IDLE_MS };
  const agent = address.startsWith('https:') ? new https.Agent(options) : new CheckedAgent(peers, options);
  const made = { peers, agent, ...(socketPath !== undefined && { socketPath }) };
  opened.set(address, made);
  return made;
}

/** Sends nothing over a connection before its other end was checked. */
class CheckedAgent extends http.Agent {
  constructor(
    private readonly peers: TrustedPeers,
    options: http.AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const done = callback as (error: Error | null, socket?: Socket) => void;
    const socket = connect(options as Parameters<typeof connect>[0]);
    socket.once('error', done);
    socket.once('connect', () => {
      socket.off('error', done);
      this.peers.check(socket).then(
        () => done(null, socket),
        (refusal: Error) => {
          socket.destroy();
          done(refusal);
        },
      );
    });
    return undefined;
  }
}
