import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { LocalConnections, type LocalAccess } from '#agents/platform/listener/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Caller } from './caller.js';
import { httpRefusals } from './http-refusals.js';

export interface ConnectionsOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly localAccess: LocalAccess | undefined;
  readonly clock: Clock;
}

export interface Connections {
  readonly port: number;
  isOperator(call: Pick<Caller, 'getPeer'>): boolean;
  close(): void;
}

/** How long it may take to determine the protocol of a connection or to receive a complete HTTP/1.1 request, in milliseconds. */
const DECISION_TIMEOUT_MS = 10_000;
/** HTTP/2 connections begin with these bytes, and no HTTP/1.1 method does. */
const PREFACE = Buffer.from('PRI');

/**
 * Listens on behalf of a gRPC server. grpc-js exposes neither the socket of a call nor HTTP/1.1 requests, so the protocol of each socket and, if
 * needed, its owner are examined here first. Throws if it cannot listen.
 */
export async function listenForConnections(
  server: Server,
  { host, port, tls, localAccess, clock }: ConnectionsOptions,
): Promise<Connections> {
  // TLS is terminated here, because ALPN distinguishes the protocols.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const refusals = httpRefusals();
  const local = localAccess && new LocalConnections(localAccess);
  const operators = new Set<string>();
  const undecided = new UndecidedSockets(clock);

  function serve(connection: Socket): void {
    undecided.release(peerOf(connection));
    injector.injectConnection(connection);
  }
  function refuse(connection: Socket): void {
    refusals.emit('connection', connection);
    connection.resume();
  }

  const secured = tls && createTlsServer({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] });
  secured?.on('secureConnection', (connection) => {
    connection.on('error', () => connection.destroy());
    if (connection.alpnProtocol === 'h2') serve(connection);
    else refuse(connection);
  });

  async function admit(socket: Socket): Promise<void> {
    const peer = peerOf(socket);
    if (socket.remoteAddress === undefined) socket.destroy();
    undecided.hold(peer, socket);
    const trusted = (await local?.isOperator(socket)) === true;
    if (socket.destroyed) return;
    if (trusted) {
      operators.add(peer);
      socket.once('close', () => operators.delete(peer));
    }
    if (secured !== undefined) {
      secured.emit('connection', socket);
      socket.resume();
    } else if (await beginsLikeHttp2(socket)) serve(socket);
    else refuse(socket);
  }

  // Bytes that arrive before the owner is known stay in the kernel.
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    void admit(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, host, resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    isOperator: (call) => operators.has(call.getPeer()),
    close() {
      listener.close();
      undecided.destroy();
    },
  };
}

async function beginsLikeHttp2(socket: Socket): Promise<boolean> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < PREFACE.length && PREFACE.subarray(0, start.length).equals(start)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) start = Buffer.concat([start, chunk]);
    else if (socket.destroyed || socket.readableEnded) return false;
    else await moreOf(socket);
  }
  socket.unshift(start);
  return start.subarray(0, PREFACE.length).equals(PREFACE);
}

/** Resolves when there is more to read, or the connection has ended. */
async function moreOf(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      for (const event of WAKING) socket.off(event, wake);
      resolve();
    };
    for (const event of WAKING) socket.on(event, wake);
  });
}
const WAKING = ['readable', 'end', 'close'] as const;

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

/** Sockets that have not been passed to the gRPC server yet, or never will be. Each one is destroyed after a timeout. */
class UndecidedSockets {
  readonly #held = new Map<string, { readonly socket: Socket; readonly deadline: AbortController }>();

  constructor(private readonly clock: Clock) {}

  hold(peer: string, socket: Socket): void {
    const deadline = new AbortController();
    this.#held.set(peer, { socket, deadline });
    socket.once('close', () => this.release(peer));
    void this.clock.sleep(DECISION_TIMEOUT_MS, deadline.signal).then(() => {
      if (!deadline.signal.aborted) socket.destroy();
    });
  }

  release(peer: string): void {
    this.#held.get(peer)?.deadline.abort();
    this.#held.delete(peer);
  }

  destroy(): void {
    for (const { socket } of this.#held.values()) socket.destroy();
  }
}
