import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey, type Identity, type RateLimit } from '#src/accounts/index.js';

/**
 * `onRequest` hook that limits requests per address before the body is read. Limits are looked up per request, because they do not exist while only
 * OpenAPI descriptions are generated. Throws `MUSTER_E_RATE_LIMITED`.
 */
export function limitPerAddress<Limit extends string>(
  limits: {
    readonly addresses: Readonly<Record<Limit, RateLimit>>;
    /** Where refused logins are counted. */
    readonly attempts?: Identity['attempts'];
  },
  limit: Limit,
) {
  const take = (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    try {
      limits.addresses[limit].take(addressKey(request.clientAddress));
    } catch (error) {
      // The body with the account's name is not read any more.
      if (limit === 'logins')
        limits.attempts?.note({ type: 'LoginFailed', account: undefined, address: request.clientAddress });
      throw error;
    }
    done();
  };
  limited.set(take, limit);
  return take;
}

const limited = new WeakMap<object, string>();

/** Returns which limit a hook enforces, so that a reverse proxy can limit the same routes. */
export function addressLimitOf(hook: object): string | undefined {
  return limited.get(hook);
}
