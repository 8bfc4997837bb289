import { isMusterError } from '#domain/kernel/errors/index.js';
import { isRenewable } from '#domain/accounts/session/index.js';
import type { Scope } from '#src/surfaces/kit/index.js';
import type { SessionCookie } from './cookie.js';
import type { CondaSurface } from './surface.js';

/**
 * Extends sessions: a use more than a minute after the last extension stores the new expiry and sends the cookie again. If the store is read-only,
 * requests still succeed.
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
