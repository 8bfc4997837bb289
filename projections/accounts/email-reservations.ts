import { reservationEvents } from '#domain/accounts/reservation/events.js';
import { categoryOf, idOf } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';

/** `emailReservations`, id = reservation, a keyed digest of the address. Outlives clears. Deleted once the address is confirmed or released. */
export interface EmailReservationDocument {
  readonly reservation: string;
  readonly ownerId: string;
  readonly reservedAt: number;
}

/** Addresses that are reserved for an account and not yet confirmed. */
export const emailReservations = projection<EmailReservationDocument, typeof reservationEvents>({
  name: 'emailReservations',
  version: 1,
  outlivesClear: true,
  events: reservationEvents,
  touches: (event) => (categoryOf(event.stream) === 'email' ? [idOf(event.stream)] : []),
  evolve: (_reservation, event) => {
    switch (event.type) {
      case 'NameReserved':
        return {
          reservation: event.data.reservation,
          ownerId: event.data.ownerId,
          reservedAt: event.metadata.at,
        };
      case 'NameConfirmed':
      case 'NameReleased':
        return undefined;
    }
  },
});
