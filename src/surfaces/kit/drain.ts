import type { FastifyInstance } from 'fastify';
import type { Clock } from '#domain/ports/clock.js';

/** Milliseconds that a closing server waits for what is under way. */
const PATIENCE = 10_000;

/**
 * Lets a closing server end what is under way, then every connection: one that a client holds open without asking for
 * anything would keep it for as long as the client likes.
 */
export function drainOnClose(app: FastifyInstance, clock: Clock, begin: () => void): void {
  let underWay = 0;
  let emptied = (): void => undefined;
  app.addHook('onRequest', (_request, reply, done) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
      if (underWay === 0) emptied();
    });
    done();
  });
  app.addHook('preClose', async () => {
    begin();
    if (underWay === 0) return;
    const done = new AbortController();
    emptied = () => done.abort();
    await clock.sleep(PATIENCE, done.signal);
  });
}
