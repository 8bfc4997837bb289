import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OPERATOR } from '#domain/accounts/user/index.js';
import { type Identity, type Principal } from '#src/accounts/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The response contains values of secrets, or says who uses a secret, so it is recorded who read it. */
    readsSecrets: boolean;
  }
}

/**
 * Counts refused credentials, refused rights and reads of secrets. Failed logins are counted where passwords are checked.
 * @param identity absent if requests are executed on behalf of other requests, which are counted themselves.
 */
export function noteAttempts(
  app: FastifyInstance,
  identity: Pick<Identity, 'attempts' | 'authenticator'> | undefined,
): void {
  app.decorateRequest('readsSecrets', false);
  if (identity === undefined) return;
  const { attempts, authenticator } = identity;
  app.addHook('onResponse', (request, reply, done) => {
    const type = typeOf(request, reply, authenticator);
    if (type !== undefined) {
      const account = accountIn(request.recognized ?? request.principal);
      const route = `${request.method} ${request.routeOptions.url ?? ''}`;
      attempts.note({ type, account, address: request.clientAddress, route });
    }
    done();
  });
}

function typeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Identity['authenticator'],
): 'CredentialRefused' | 'AccessDenied' | 'SecretRead' | undefined {
  switch (reply.statusCode) {
    case 401: {
      const isLogin = reply.getHeader('x-muster-error') === 'MUSTER_E_CREDENTIALS_WRONG';
      return !isLogin && authenticator.showsCredential(request) ? 'CredentialRefused' : undefined;
    }
    case 403:
      return 'AccessDenied';
    case 200:
      return request.readsSecrets ? 'SecretRead' : undefined;
    default:
      return undefined;
  }
}

function accountIn(principal: Principal): string | undefined {
  return principal.kind === 'user' && principal.userId !== OPERATOR.userId ? principal.userId : undefined;
}
