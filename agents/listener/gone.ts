import type { FastifyReply } from 'fastify';

/** Aborts when the reply's connection closes. It is aborted from the start if the client left while the request was still being prepared: nobody would be told of a `close` that has passed. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.closed || raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
