import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { LocalConnections, type LocalAccess } from '#agents/listener/index.js';
import type { Caller } from './caller.js';

export interface OwnedConnections {
  readonly port: number;
  /** Whether the connection of a call is the operator's own: of root, or of this process's user. */
  isOperator(call: Pick<Caller, 'getPeer'>): boolean;
  /** Accepts no more connections. Those that are open are the gRPC server's to close. */
  close(): void;
}

/**
 * Listens on loopback for a gRPC server, and finds out whose each connection is before its first call. grpc-js itself would not show the
 * socket. Throws where it cannot listen.
 */
export async function listenForOwned(
  server: Server,
  credentials: ServerCredentials,
  { host, port, localAccess }: { readonly host: string; readonly port: number; readonly localAccess: LocalAccess },
): Promise<OwnedConnections> {
  const injector = server.createConnectionInjector(credentials);
  const local = new LocalConnections(localAccess);
  const operators = new Set<string>();

  async function admit(socket: Socket): Promise<void> {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const trusted = await local.isOperator(socket);
    if (socket.destroyed) return;
    if (trusted) {
      operators.add(peer);
      socket.once('close', () => operators.delete(peer));
    }
    injector.injectConnection(socket);
    socket.resume();
  }

  // Bytes that came before the owner is known stay in the kernel: the HTTP/2 session reads them from there.
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
    close: () => void listener.close(),
  };
}
