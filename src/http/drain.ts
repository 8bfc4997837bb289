import { Server as NetServer, type Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

export interface DrainBounds {
  readonly graceMs: number;
  readonly requestTimeoutMs: number;
  /** Additional time for commands: a 503 would deny an effect that may already be durable. */
  readonly commandsMs: number;
}

const BOUNDS: DrainBounds = { graceMs: 250, requestTimeoutMs: 10_000, commandsMs: 20_000 };
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Shuts down so that every request with an effect gets its response:
 * 1. Stop listening, so new connections are refused.
 * 2. Briefly serve requests on open connections, closing each after its response.
 * 3. Refuse new requests with 503 and `Retry-After`, before they have any effect.
 * 4. Wait for pending requests.
 */
export function drainOnClose(
  app: FastifyInstance,
  clock: Clock,
  begin: () => void,
  { graceMs, requestTimeoutMs, commandsMs }: DrainBounds = BOUNDS,
): void {
  const connections = new Set<Socket>();
  const underWay = new Set<FastifyReply>();
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
    await until(() => underWay.size === 0, requestTimeoutMs);
    refuse([...underWay].filter((reply) => !begun.has(reply)));
    await until(() => underWay.size === 0, begun.size > 0 ? commandsMs : graceMs);
    refuse(underWay);
    await until(() => underWay.size === 0, graceMs);
  });
}

function stops(): MusterError {
  return new MusterError('MUSTER_E_OVERLOADED', { what: 'the server is stopping' });
}

/** HTTP's own `close` would also close idle connections, on which a request may already be in transit. */
function stopListening({ server }: FastifyInstance): void {
  if (server.listening) NetServer.prototype.close.call(server);
}
