import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { bodyDigestOf } from '../platform/transport/agent-proof.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** SHA-256 of the body that the sender's proof covers, in base64url. Undefined if no proof is required. */
    provenBody: string | undefined;
    /** SHA-256 of the JSON that was read, in base64url. Undefined if there was none, or if the route ignores it. */
    bodyDigest: string | undefined;
  }
}

export const BODY_LIMIT = 524_288;

/**
 * Registers the only body parser. It reads raw bytes, so routes without a body can ignore the body, and it enforces the size limit. The content type
 * must be JSON. Browsers therefore send a preflight request for pages of other origins.
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('provenBody', undefined);
  app.decorateRequest('bodyDigest', undefined);
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'POST') delete request.headers['content-type'];
  });
  app.addContentTypeParser('*', (request: FastifyRequest, payload, done) => {
    if (request.method !== 'POST') {
      payload.resume();
      done(null, undefined);
      return;
    }
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    const chunks: Buffer[] = [];
    let size = 0;
    const isJson = type === 'application/json';
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (isJson && size <= BODY_LIMIT) chunks.push(chunk);
      else chunks.length = 0;
      if (size > 16 * BODY_LIMIT) payload.destroy();
    });
    payload.on('error', () => done(new MusterError('MUSTER_E_BODY_INVALID', { problem: 'was cut off' })));
    payload.on('close', () => {
      if (size > 16 * BODY_LIMIT) done(new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit: BODY_LIMIT }));
    });
    payload.on('end', () => {
      if (!isJson)
        return done(new MusterError('MUSTER_E_BODY_INVALID', { problem: 'must be application/json' }));
      if (size > BODY_LIMIT) return done(new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit: BODY_LIMIT }));
      const bytes = Buffer.concat(chunks);
      if (request.provenBody !== undefined) request.bodyDigest = bodyDigestOf(bytes);
      try {
        return done(null, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
      } catch {
        return done(new MusterError('MUSTER_E_BODY_INVALID', { problem: 'is not JSON' }));
      }
    });
  });
}
