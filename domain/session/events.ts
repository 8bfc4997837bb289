import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

export const sessionEvents = {
  /**
   * `credentials`: revision of the account's credentials that it was opened with. `expiresAt` in milliseconds since the epoch. `refreshId`: id of the refresh
   * token that was given with it. The id proves nothing: a token is signed.
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
  /** A browser goes on using it. */
  SessionRenewed: event(z.strictObject({ sessionId: z.string(), userId: z.string(), expiresAt: z.number().int().positive() })),
  /** Its refresh token was used, and the one of this id given for it. */
  SessionRefreshed: event(z.strictObject({ sessionId: z.string(), userId: z.string(), refreshId: z.string(), expiresAt: z.number().int().positive() })),
  SessionRevoked: event(z.strictObject({ sessionId: z.string(), userId: z.string() })),
} as const;

export type SessionEvent = EventsOf<typeof sessionEvents>;
