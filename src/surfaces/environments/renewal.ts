import { isMusterError } from '#domain/kernel/errors/index.js';
import { isRenewable } from '#domain/accounts/session/index.js';
import type { Scope } from '#src/http/index.js';
import type { SessionCookie } from './cookie.js';
import type { CondaSurface } from './surface.js';

/**
 * Extends sessions: if a session is used more than a minute after its last extension, the new expiry is stored and the cookie is sent again.
 * Requests succeed even if the store is read-only.
 */
export function renewSessions(scope: Scope, surface: CondaSurface, cookie: SessionCookie): void {
  const { clock, identity, ids } = surface.parts;
  scope.addHook('preValidation', async (request, reply) => {
    const { principal } = request;
    if (principal.kind !== 'user' || principal.via !== 'cookie') return;
    const { sessionId, sessionExpiresAt } = principal;
    if (
      sessionId === undefined ||
      sessionExpiresAt === undefined ||
      !isRenewable(sessionExpiresAt, clock.now())
    )
      return;
    const commandId = ids.uuid();
    try {
      await identity.logins.renew(sessionId, {
        ...surface.context(request),
        commandId,
        causationId: commandId,
      });
    } catch (error) {
      if (isMusterError(error) && error.status === 503) return;
      throw error;
    }
    cookie.set(request, reply, identity.authenticator.cookieOf(sessionId));
  });
}
