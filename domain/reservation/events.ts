import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { registration } from '../user/registration.js';

const reserved = { reservation: z.string(), ownerId: z.string() };

/**
 * Stream `username-<reservation>` or `email-<reservation>`; the reservation is a keyed digest of the name. `NameReserved`
 * of a username is the commit of a registration: it holds all of it, so that it can be completed after a crash.
 */
export const reservationEvents = {
  NameReserved: event(z.strictObject({ ...reserved, space: z.enum(['username', 'email']), registration: registration.optional() })),
  NameConfirmed: event(z.strictObject(reserved)),
  /** The name is free again. */
  NameReleased: event(z.strictObject(reserved)),
} as const;

export type ReservationEvent = EventsOf<typeof reservationEvents>;
