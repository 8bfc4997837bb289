import type { FastifyInstance } from 'fastify';

/** Headers that carry a credential. What a response contains can depend on each of them. */
const CREDENTIAL_HEADERS = 'Authorization, Cookie, X-Api-Key, X-Muster-Console';

/** Value of `Vary` for a response that a cache may keep. */
export function varyOn(header: string): string {
  return `${header}, ${CREDENTIAL_HEADERS}`;
}

/**
 * Value of `Cache-Control` for a response that never changes but that not everybody may read. A cache asks with the `ETag` before each use, so the next
 * user of a browser, and an account whose rights were revoked, get nothing from it.
 */
export const REVALIDATED = 'private, no-cache';

/** Lets caches keep no response, unless its route says otherwise. */
export function storeNothing(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}
