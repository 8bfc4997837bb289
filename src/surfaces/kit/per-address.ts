import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressKey, type Identity } from '#src/accounts/index.js';

/**
 * `onRequest` of a route that an address may ask for only so often: before the body is read, so that who asks too often costs nothing. The limits are looked
 * up by a request: where only documents are made there are none. Error: `MUSTER_E_RATE_LIMITED`.
 */
export function perAddress(identity: Pick<Identity, 'addresses'>, limit: keyof Identity['addresses']) {
  const take = (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    identity.addresses[limit].take(addressKey(request.clientAddress));
    done();
  };
  limited.set(take, limit);
  return take;
}

const limited = new WeakMap<object, keyof Identity['addresses']>();

/** Which limit a hook of a route is: what stands before the server limits the same routes. Undefined: it is none. */
export function addressLimitOf(hook: object): keyof Identity['addresses'] | undefined {
  return limited.get(hook);
}
