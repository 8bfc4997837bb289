import type { FastifyInstance } from 'fastify';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { consoleRenewal } from '#domain/accounts/session/index.js';
import { actorOf } from '#src/accounts/index.js';
import type { ApiDependencies } from './dependencies.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The page sends this request automatically and only about the present, so it does not extend the session, and `as_of` is refused. */
    readonly live?: boolean;
  }
}

/** Extends console sessions. If the store is read-only, requests still succeed. */
export function renewConsoleSessions(
  app: FastifyInstance,
  { identity, clock, ids }: Pick<ApiDependencies, 'identity' | 'clock' | 'ids'>,
): void {
  app.addHook('preValidation', async (request) => {
    const { principal } = request;
    if (principal.kind !== 'user' || principal.via !== 'console') return;
    if (request.routeOptions.config.live === true) return;
    const { sessionId, sessionExpiresAt: expiresAt, sessionEndsAt: endsAt } = principal;
    if (sessionId === undefined || expiresAt === undefined || endsAt === undefined) return;
    if (consoleRenewal({ expiresAt, endsAt }, clock.now()) === undefined) return;
    const commandId = ids.uuid();
    try {
      await identity.logins.renew(sessionId, {
        commandId,
        causationId: commandId,
        correlationId: request.id,
        actor: actorOf(principal),
        surface: 'console',
        repeatable: false,
        bodyDigest: '',
      });
    } catch (error) {
      if (isMusterError(error) && error.status === 503) return;
      throw error;
    }
  });
}
