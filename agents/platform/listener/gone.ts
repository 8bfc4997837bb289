import type { FastifyReply } from 'fastify';

/** Returns a signal that aborts when the reply's connection closes, or is already aborted if the connection has closed. */
export function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.closed || raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
