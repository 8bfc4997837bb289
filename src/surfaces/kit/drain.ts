import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';

/** Milliseconds that a closing server waits for what is under way. */
const PATIENCE = 10_000;
/** And for requests that were sent before their client could know that it closes. */
const GRACE = 250;

/**
 * Lets a closing server answer all that was sent to it. While it closes it still takes requests, each answer ends its connection, and connections on which nothing
 * was asked for a moment are ended. What is not done in time is told so, with 503.
 */
export function drainOnClose(app: FastifyInstance, clock: Clock, begin: () => void): void {
  const connections = new Set<Socket>();
  const underWay = new Set<FastifyReply>();
  let closing = false;
  let changed = (): void => undefined;
  app.server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => {
      connections.delete(socket);
      changed();
    });
  });
  app.addHook('onRequest', (_request, reply, done) => {
    underWay.add(reply);
    reply.raw.once('close', () => {
      underWay.delete(reply);
      changed();
    });
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });

  /** Waits until it is so, at most so long. */
  async function until(holds: () => boolean, ms: number): Promise<void> {
    if (holds()) return;
    const met = new AbortController();
    changed = () => {
      if (holds()) met.abort();
    };
    await clock.sleep(ms, met.signal);
    changed = () => undefined;
  }

  app.addHook('preClose', async () => {
    begin();
    closing = true;
    await until(() => connections.size === 0 && underWay.size === 0, GRACE);
    await until(() => underWay.size === 0, PATIENCE);
    for (const reply of underWay) if (!reply.sent) reply.send(new MusterError('MUSTER_E_OVERLOADED', { what: 'the server stops' }));
    if (underWay.size > 0) await until(() => underWay.size === 0, GRACE);
  });
}
