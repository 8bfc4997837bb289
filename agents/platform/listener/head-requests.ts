import { Readable } from 'node:stream';
import type { FastifyInstance, onSendHookHandler } from 'fastify';

const stopStream: onSendHookHandler = (_request, _reply, payload, done) => {
  if (payload instanceof Readable) payload.destroy();
  done(null, payload);
};

/** Handles HEAD like GET, but without starting a stream. Call it before adding routes. */
export function handleHeadRequests(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') return;
    route.onSend = [stopStream, ...(route.onSend === undefined ? [] : [route.onSend].flat())];
  });
}
