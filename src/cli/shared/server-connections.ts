import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { deadline } from '#agents/platform/clock/system-clock.js';
import { variable } from '#agents/platform/environment.js';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { addressOfServer } from '#agents/platform/transport/server-address.js';
import { itemsOf } from '#domain/kernel/settings/items.js';

/** Connections wait for the next request for this long, in milliseconds. Servers keep them for longer, so none is closed when it is used. */
const IDLE_MS = 3_000;
/** Statuses whose responses have no body. */
const EMPTY: ReadonlySet<number | undefined> = new Set([204, 205, 304]);

interface Connections extends Pick<http.RequestOptions, 'socketPath'> {
  readonly agent: http.Agent;
}
const opened = new Map<string, Connections>();

/** Longest times in milliseconds. */
interface Limits {
  /** For a new connection, with the check of its other end. */
  readonly openMs?: number;
  /** Until the response begins. What follows, such as the lines of a log, may come whenever it wants. */
  readonly answerMs?: number;
}

/**
 * Sends a request over a connection whose other end was checked before. Rejects as `fetch` does, whose own client takes longer to load than all other
 * work of most commands. Redirects are not followed: credentials are for this server.
 */
export async function sendTo(
  address: string,
  request: Request,
  { openMs = 10_000, answerMs = 300_000 }: Limits = {},
): Promise<Response> {
  const { signal, url, method } = request;
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const isRead = method === 'GET' || method === 'HEAD';
  const late = deadline(openMs);
  const options: Opening = {
    ...connectionsTo(address),
    method,
    signal,
    giveUp: AbortSignal.any([signal, late]),
    timeout: answerMs,
    headers: {
      accept: '*/*',
      ...Object.fromEntries(request.headers),
      ...((body !== undefined || !isRead) && { 'content-length': body?.length ?? 0 }),
    },
  };
  const sent = (url.startsWith('https:') ? https : http).request(url, options);
  // A request that was given up fails once more when its connection ends.
  sent.on('error', () => undefined);
  sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerMs / 1_000} seconds`)));
  sent.end(body);
  try {
    // An abort does not end a request that has no connection yet, so the wait for it is ended.
    const [message] = (await once(sent, 'response', { signal })) as [IncomingMessage];
    sent.setTimeout(0);
    return await responseOf(message, request);
  } catch (error) {
    sent.destroy();
    signal.throwIfAborted();
    const cause = error === late.reason ? new Error(`no connection within ${openMs / 1_000} seconds`) : error;
    throw new TypeError('fetch failed', { cause });
  }
}

async function responseOf(message: IncomingMessage, request: Request): Promise<Response> {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = message;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const isEmpty = EMPTY.has(status);
  // The connection is free once its response has been read.
  if (isEmpty) for await (const _ of message);
  const body = isEmpty ? null : streamOf(message, request);
  return new Response(body, { status, statusText, headers });
}

/**
 * Ends as `fetch` does: with the reason of an abort, or with a TypeError if the connection ends early. A stream that is cancelled ends the connection
 * at once, although nothing may come any more. It keeps the request, because the signal of a request that was collected as garbage no longer aborts.
 */
function streamOf(message: IncomingMessage, request: Request): ReadableStream<Uint8Array> {
  const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { value, done } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      } catch (error) {
        request.signal.throwIfAborted();
        throw new TypeError('terminated', { cause: error });
      }
    },
    cancel: () => void message.destroy(),
  });
}

function connectionsTo(address: string): Connections {
  const known = opened.get(address);
  if (known !== undefined) return known;
  const { socketPath } = addressOfServer(address);
  const options = { keepAlive: true, timeout: IDLE_MS };
  const isTls = address.startsWith('https:');
  const agent = isTls ? new https.Agent(options) : new http.Agent(options);
  const peers = new TrustedPeers(itemsOf(variable('MUSTER_SERVER_USER') ?? ''));
  const dial = agent.createConnection.bind(agent) as (options: object) => Socket;
  agent.createConnection = (given, done) => {
    const giveUp = (given as Opening).giveUp;
    open({
      dial: () => dial(given),
      event: isTls ? 'secureConnect' : 'connect',
      socketPath,
      peers,
      giveUp,
    }).then(
      (socket) => done?.(null, socket),
      (error: Error) => (done as (error: Error) => void)(error),
    );
    return undefined;
  };
  const made = { agent, ...(socketPath !== undefined && { socketPath }) };
  opened.set(address, made);
  return made;
}

interface Opening extends http.RequestOptions {
  readonly giveUp: AbortSignal;
}

interface Dialled {
  readonly dial: () => Socket;
  readonly event: 'connect' | 'secureConnect';
  readonly socketPath: string | undefined;
  readonly peers: TrustedPeers;
  readonly giveUp: AbortSignal;
}

/** Opens a connection, and checks its other end before anything is sent over it. A connection that is given up is ended, because it would keep the command running. */
async function open({ dial, event, socketPath, peers, giveUp }: Dialled): Promise<Socket> {
  if (socketPath !== undefined) await peers.checkFile(socketPath);
  giveUp.throwIfAborted();
  const socket = dial();
  const end = (): void => void socket.destroy();
  giveUp.addEventListener('abort', end, { once: true });
  try {
    await once(socket, event, { signal: giveUp });
    await peers.check(socket);
    giveUp.throwIfAborted();
    return socket;
  } catch (error) {
    socket.destroy();
    giveUp.throwIfAborted();
    throw error;
  } finally {
    giveUp.removeEventListener('abort', end);
  }
}
