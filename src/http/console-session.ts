import type { FastifyInstance } from 'fastify';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { consoleRenewal } from '#domain/accounts/session/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { actorOf, type Identity } from '#src/accounts/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The page sends this request automatically and only about the present, so it does not extend the session, and `as_of` is refused. */
    readonly live?: boolean;
  }
}

interface RenewalParts {
  readonly identity: Pick<Identity, 'logins'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

/** Extends console sessions. If the store is read-only, requests still succeed. */
export function renewConsoleSessions(app: FastifyInstance, { identity, clock, ids }: RenewalParts): void {
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
