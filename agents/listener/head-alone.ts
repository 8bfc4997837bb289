import { Readable } from 'node:stream';
import type { FastifyInstance, onSendHookHandler } from 'fastify';

const stopStream: onSendHookHandler = (_request, _reply, payload, done) => {
  if (payload instanceof Readable) payload.destroy();
  done(null, payload);
};

/** HEAD answers as GET does with the head alone: what GET would stream is not begun. To be called before the routes are added. */
export function answerHeadAlone(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') return;
    route.onSend = [stopStream, ...(route.onSend === undefined ? [] : [route.onSend].flat())];
  });
}
