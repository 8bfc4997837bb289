import { assertNever } from '../../kernel/errors/assert-never.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { SessionEvent } from './events.js';
import { consoleRenewal, COOKIE_LIFETIME_MS, isRenewable, REFRESH_LIFETIME_MS } from './lifetime.js';

export type SessionCommand =
  | {
      readonly kind: 'open';
      readonly sessionId: string;
      readonly userId: string;
      readonly credentials: number;
      readonly expiresAt: number;
      readonly refreshId?: string;
      /** Latest end of a console session. Absent for other sessions. */
      readonly endsAt?: number;
    }
  /** Records that a browser uses the session, which extends it up to its end. */
  | { readonly kind: 'renew'; readonly sessionId: string; readonly now: number }
  /** Exchanges the refresh token `refreshId` for `next`. If a token is used twice, it was stolen by one of its users, so the session ends. */
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
      readonly refreshId?: string | undefined;
      /** Set for console sessions only. */
      readonly endsAt?: number | undefined;
    };

/** A session lasts until it is revoked, expires, or the account's credentials change. It is never renewed after that. */
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
        if (state.kind !== 'open') return [];
        const expiresAt = renewedExpiry(state, now);
        if (expiresAt === undefined) return [];
        return [{ type: 'SessionRenewed', data: { sessionId, userId: state.userId, expiresAt } }];
      }
      case 'refresh': {
        const { refreshId, next, now } = command;
        if (state.kind !== 'open' || state.refreshId === undefined || state.expiresAt <= now) return [];
        const { userId } = state;
        if (state.refreshId !== refreshId) return [{ type: 'SessionRevoked', data: { sessionId, userId } }];
        return [
          {
            type: 'SessionRefreshed',
            data: { sessionId, userId, refreshId: next, expiresAt: now + REFRESH_LIFETIME_MS },
          },
        ];
      }
      case 'revoke':
        return state.kind === 'open'
          ? [{ type: 'SessionRevoked', data: { sessionId, userId: state.userId } }]
          : [];
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

function renewedExpiry(
  { expiresAt, endsAt }: Exclude<SessionState, { kind: 'absent' }>,
  now: number,
): number | undefined {
  if (endsAt !== undefined) return consoleRenewal({ expiresAt, endsAt }, now);
  return isRenewable(expiresAt, now) ? now + COOKIE_LIFETIME_MS : undefined;
}
