import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';

export const sessionEvents = {
  /**
   * `credentials`: revision of the account's credentials at the sign-in. `expiresAt`: milliseconds since the epoch.
   * `refreshId`: id of the refresh token; it proves nothing, because tokens are signed.
   */
  SessionOpened: event(
    z.strictObject({
      sessionId: z.string(),
      userId: z.string(),
      credentials: z.number().int().nonnegative(),
      expiresAt: z.number().int().positive(),
      refreshId: z.string().optional(),
    }),
  ),
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
  SessionRevoked: event(z.strictObject({ sessionId: z.string(), userId: z.string() })),
} as const;

export type SessionEvent = EventsOf<typeof sessionEvents>;
