import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

export function requestIdOf(raw: IncomingMessage): string | undefined {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : undefined;
}

export function nameRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}
