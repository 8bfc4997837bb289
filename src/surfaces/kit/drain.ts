import { Server as NetServer, type Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';

/** Times that a closing server takes, in milliseconds. */
export interface DrainBounds {
  /** It still serves what was sent on open connections by clients that could not know yet that it closes. */
  readonly graceMs: number;
  /** What is under way may take this long. Then requests that change nothing get 503. */
  readonly patienceMs: number;
  /** And a command that was begun may take this long on top: its effect may be durable already, and 503 would deny it. */
  readonly commandsMs: number;
}

const BOUNDS: DrainBounds = { graceMs: 250, patienceMs: 10_000, commandsMs: 20_000 };
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a closing server end in order, so that no client is left without an answer to a request that took effect:
 *
 * 1. It stops listening. A client that connects now is refused by the system, with nothing carried out.
 * 2. For a moment it serves what arrives on open connections. Each answer ends its connection.
 * 3. From then on a request gets 503 with `Retry-After` before anything of it is carried out.
 * 4. It waits until all that was begun is answered.
 */
export function drainOnClose(app: FastifyInstance, clock: Clock, begin: () => void, { graceMs, patienceMs, commandsMs }: DrainBounds = BOUNDS): void {
  const connections = new Set<Socket>();
  const underWay = new Set<FastifyReply>();
  /** Commands whose handlers run: they may have had their effect. */
  const begun = new Set<FastifyReply>();
  let phase: 'open' | 'draining' | 'refusing' = 'open';
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
      begun.delete(reply);
      changed();
    });
    done(phase === 'refusing' ? stops() : undefined);
  });
  // Its body has arrived meanwhile, and nothing was done with it.
  app.addHook('preHandler', (request, reply, done) => {
    if (phase === 'refusing') {
      done(stops());
      return;
    }
    if (!READING.has(request.method)) begun.add(reply);
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (phase !== 'open') reply.header('connection', 'close');
    done(null, payload);
  });

  /** Waits until the condition holds, at most this long. */
  async function until(holds: () => boolean, ms: number): Promise<void> {
    if (holds()) return;
    const met = new AbortController();
    changed = () => {
      if (holds()) met.abort();
    };
    await clock.sleep(ms, met.signal);
    changed = () => undefined;
  }

  function refuse(replies: Iterable<FastifyReply>): void {
    for (const reply of replies) if (!reply.sent) reply.send(stops());
  }

  app.addHook('preClose', async () => {
    begin();
    phase = 'draining';
    stopListening(app);
    await until(() => connections.size === 0 && underWay.size === 0, graceMs);
    phase = 'refusing';
    await until(() => underWay.size === 0, patienceMs);
    refuse([...underWay].filter((reply) => !begun.has(reply)));
    await until(() => underWay.size === 0, begun.size > 0 ? commandsMs : graceMs);
    refuse(underWay);
    await until(() => underWay.size === 0, graceMs);
  });
}

function stops(): MusterError {
  return new MusterError('MUSTER_E_OVERLOADED', { what: 'the server stops' });
}

/** HTTP's own `close` would also cut connections that are idle, on which a request may be on its way. */
function stopListening({ server }: FastifyInstance): void {
  if (server.listening) NetServer.prototype.close.call(server);
}
