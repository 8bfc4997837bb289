import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { registration } from '../user/registration.js';

const reserved = { reservation: z.string(), ownerId: z.string() };

/**
 * Stream `username-<reservation>` or `email-<reservation>`; the reservation is a keyed digest of the name. For a user name, `NameReserved` commits
 * the registration: it holds all data of the account, so the registration can be completed after a crash.
 */
export const reservationEvents = {
  NameReserved: event(
    z.strictObject({
      ...reserved,
      space: z.enum(['username', 'email']),
      registration: registration.optional(),
    }),
  ),
  NameConfirmed: event(z.strictObject(reserved)),
  NameReleased: event(z.strictObject(reserved)),
} as const;

export type ReservationEvent = EventsOf<typeof reservationEvents>;
