import { assertNever } from '../errors/assert-never.js';
import type { Decider } from '../event/decider.js';
import type { SessionEvent } from './events.js';
import { COOKIE_LIFETIME_MS, isRenewable, REFRESH_LIFETIME_MS } from './lifetime.js';

export type SessionCommand =
  | {
      readonly kind: 'open';
      readonly sessionId: string;
      readonly userId: string;
      readonly credentials: number;
      readonly expiresAt: number;
      /** Of the refresh token that is given with it; absent: there is none. */
      readonly refreshId?: string;
    }
  /** It is used by a browser: fifteen minutes begin anew. */
  | { readonly kind: 'renew'; readonly sessionId: string; readonly now: number }
  /** The refresh token `refreshId` is used, for one with the id `next`. One that was used before ends the session: one of two who have it stole it. */
  | {
      readonly kind: 'refresh';
      readonly sessionId: string;
      readonly refreshId: string;
      readonly next: string;
      readonly now: number;
    }
  | { readonly kind: 'revoke'; readonly sessionId: string };

export type SessionState =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'open' | 'revoked';
      readonly userId: string;
      readonly credentials: number;
      readonly expiresAt: number;
      /** The one refresh token that is good. */
      readonly refreshId?: string | undefined;
    };

/** One login, until it is revoked, expires, or the credentials that it was opened with count no more. What is over is never renewed. */
export const sessionDecider: Decider<SessionCommand, SessionEvent, SessionState> = {
  initialState: { kind: 'absent' },
  decide(command, state) {
    const { sessionId } = command;
    switch (command.kind) {
      case 'open': {
        const { kind: _, ...opened } = command;
        return state.kind === 'absent' ? [{ type: 'SessionOpened', data: opened }] : [];
      }
      case 'renew': {
        const { now } = command;
        if (state.kind !== 'open' || !isRenewable(state.expiresAt, now)) return [];
        return [{ type: 'SessionRenewed', data: { sessionId, userId: state.userId, expiresAt: now + COOKIE_LIFETIME_MS } }];
      }
      case 'refresh': {
        const { refreshId, next, now } = command;
        if (state.kind !== 'open' || state.refreshId === undefined || state.expiresAt <= now) return [];
        const { userId } = state;
        if (state.refreshId !== refreshId) return [{ type: 'SessionRevoked', data: { sessionId, userId } }];
        return [{ type: 'SessionRefreshed', data: { sessionId, userId, refreshId: next, expiresAt: now + REFRESH_LIFETIME_MS } }];
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
        const { sessionId: _, ...opened } = event.data;
        return { kind: 'open', ...opened };
      }
      case 'SessionRenewed':
        return state.kind === 'absent' ? state : { ...state, expiresAt: event.data.expiresAt };
      case 'SessionRefreshed': {
        const { refreshId, expiresAt } = event.data;
        return state.kind === 'absent' ? state : { ...state, refreshId, expiresAt };
      }
      case 'SessionRevoked':
        return state.kind === 'absent' ? state : { ...state, kind: 'revoked' };
      default:
        return assertNever(event);
    }
  },
};
