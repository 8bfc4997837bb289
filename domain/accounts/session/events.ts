import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';

const opened = z.strictObject({
  sessionId: z.string(),
  userId: z.string(),
  credentials: z.number().int().nonnegative(),
  expiresAt: z.number().int().positive(),
  refreshId: z.string().optional(),
  endsAt: z.number().int().positive().optional(),
});

export const sessionEvents = {
  /**
   * `credentials`: revision of the account's credentials at sign-in. `refreshId`: id of the refresh token. Knowing the id grants no access, because
   * refresh tokens are signed. `endsAt`: when a console session ends, however often it is renewed; absent for other sessions. `expiresAt` and
   * `endsAt` are in milliseconds since the epoch.
   */
  SessionOpened: event(opened),
  SessionRenewed: event(
    z.strictObject({ sessionId: z.string(), userId: z.string(), expiresAt: z.number().int().positive() }),
  ),
  SessionRefreshed: event(
    z.strictObject({
      sessionId: z.string(),
      userId: z.string(),
      refreshId: z.string(),
      expiresAt: z.number().int().positive(),
    }),
  ),
  SessionRevoked: event(z.strictObject({ sessionId: z.string(), userId: z.string() }), { ending: true }),
} as const;

export type SessionEvent = EventsOf<typeof sessionEvents>;
