import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route ignores `Idempotency-Key`, because it does not execute a command. */
    readonly keyless?: boolean;
  }
}

export const KEY_PATTERN = '^[\\x21-\\x7e][\\x20-\\x7e]{0,254}$';
const KEY = new RegExp(KEY_PATTERN);

export function takesKey(method: string, keyless: boolean | undefined): boolean {
  return keyless !== true && method !== 'GET' && method !== 'HEAD';
}

/** Refuses a malformed key before any other check. */
export function checkKeys(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    try {
      keyOf(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

export function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.is404 || !takesKey(request.method, request.routeOptions.config.keyless))
    return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw new MusterError('MUSTER_E_INVALID', {
    field: 'Idempotency-Key',
    problem: 'must be 1 to 255 visible ASCII characters',
  });
}
