import { assertNever } from '../errors/assert-never.js';
import type { Decider } from '../event/decider.js';
import type { SessionEvent } from './events.js';
import { COOKIE_LIFETIME_MS, isRenewable } from './lifetime.js';

export type SessionCommand =
  | { readonly kind: 'open'; readonly sessionId: string; readonly userId: string; readonly credentials: number; readonly expiresAt: number }
  /** It is used by a browser: fifteen minutes begin anew. */
  | { readonly kind: 'renew'; readonly sessionId: string; readonly now: number }
  | { readonly kind: 'revoke'; readonly sessionId: string };

export type SessionState =
  { readonly kind: 'absent' } | { readonly kind: 'open' | 'revoked'; readonly userId: string; readonly credentials: number; readonly expiresAt: number };

/** One login, until it is revoked, expires, or the credentials that it was opened with count no more. What is over is never renewed. */
export const sessionDecider: Decider<SessionCommand, SessionEvent, SessionState> = {
  initialState: { kind: 'absent' },
  decide(command, state) {
    const { sessionId } = command;
    switch (command.kind) {
      case 'open': {
        const { userId, credentials, expiresAt } = command;
        return state.kind === 'absent' ? [{ type: 'SessionOpened', data: { sessionId, userId, credentials, expiresAt } }] : [];
      }
      case 'renew': {
        const { now } = command;
        if (state.kind !== 'open' || !isRenewable(state.expiresAt, now)) return [];
        return [{ type: 'SessionRenewed', data: { sessionId, userId: state.userId, expiresAt: now + COOKIE_LIFETIME_MS } }];
      }
      case 'revoke':
        return state.kind === 'open' ? [{ type: 'SessionRevoked', data: { sessionId, userId: state.userId } }] : [];
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'SessionOpened': {
        const { userId, credentials, expiresAt } = event.data;
        return { kind: 'open', userId, credentials, expiresAt };
      }
      case 'SessionRenewed':
        return state.kind === 'absent' ? state : { ...state, expiresAt: event.data.expiresAt };
      case 'SessionRevoked':
        return state.kind === 'absent' ? state : { ...state, kind: 'revoked' };
      default:
        return assertNever(event);
    }
  },
};
