import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Maximum number of connections without an accepted request. Not fewer than a listener accepts at once. */
const MAX_UNPROVEN = 512;

/**
 * Closes the oldest connection on which no request was accepted yet, if there are too many of them. Everyone who reaches the port can open connections,
 * also a task on this node, and all of them together would keep servers out.
 */
export class UnprovenConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Pick<Server, 'on'>) {
    server.on('connection', (socket: Socket) => this.#add(socket));
  }

  /** A request on the connection was accepted. */
  prove(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const [oldest] = this.#sockets;
    if (oldest === undefined || this.#sockets.size <= MAX_UNPROVEN) return;
    this.#sockets.delete(oldest);
    oldest.destroy();
  }
}
