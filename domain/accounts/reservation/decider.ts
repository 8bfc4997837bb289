import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { UserRegistration } from '../user/registration.js';
import type { ReservationEvent } from './events.js';

export type NameSpace = 'username' | 'email';

export type ReservationCommand =
  | {
      readonly kind: 'reserve';
      readonly space: NameSpace;
      readonly reservation: string;
      readonly ownerId: string;
      readonly registration?: UserRegistration;
    }
  | { readonly kind: 'confirm' | 'release'; readonly reservation: string; readonly ownerId: string };

export type ReservationState =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'held';
      readonly ownerId: string;
      readonly confirmed: boolean;
      readonly registration: UserRegistration | undefined;
    };

/** Reserves a name for the first account that requests it, until it is released. Throws `MUSTER_E_USERNAME_TAKEN` or `MUSTER_E_EMAIL_TAKEN`. */
export const reservationDecider: Decider<ReservationCommand, ReservationEvent, ReservationState> = {
  initialState: { kind: 'free' },
  decide(command, state) {
    const { reservation, ownerId } = command;
    const own = state.kind === 'held' && state.ownerId === ownerId;
    switch (command.kind) {
      case 'reserve': {
        if (own) return [];
        const { space, registration } = command;
        if (state.kind === 'held')
          throw new MusterError(space === 'email' ? 'MUSTER_E_EMAIL_TAKEN' : 'MUSTER_E_USERNAME_TAKEN');
        return [
          {
            type: 'NameReserved',
            data: { space, reservation, ownerId, ...(registration && { registration }) },
          },
        ];
      }
      case 'confirm':
        return own && !state.confirmed ? [{ type: 'NameConfirmed', data: { reservation, ownerId } }] : [];
      case 'release':
        return own ? [{ type: 'NameReleased', data: { reservation, ownerId } }] : [];
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'NameReserved':
        return {
          kind: 'held',
          ownerId: event.data.ownerId,
          confirmed: false,
          registration: event.data.registration,
        };
      case 'NameConfirmed':
        return state.kind === 'held' ? { ...state, confirmed: true, registration: undefined } : state;
      case 'NameReleased':
        return { kind: 'free' };
      default:
        return assertNever(event);
    }
  },
};
