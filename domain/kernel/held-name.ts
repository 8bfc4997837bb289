import { assertNever, type MusterError } from './errors/index.js';
import type { Decider } from './event/decider.js';

/** How long a name stays reserved for a holder that has not adopted it, in milliseconds. */
export const NAME_RESERVATION_TIMEOUT_MS = 600_000;

export type HeldNameCommand<Holder> =
  | {
      readonly kind: 'reserve';
      readonly reservation: string;
      readonly holder: Holder;
      readonly called: string;
      readonly now: number;
      /** A previous holder that reserved the name, never adopted it, and now loses the reservation. */
      readonly strayed?: Holder;
      /** The holder's stream has ended, so it can never adopt the name. */
      readonly over?: boolean;
    }
  | { readonly kind: 'release'; readonly reservation: string; readonly holder: Holder };

export type HeldNameState<Holder> =
  { readonly kind: 'free' } | { readonly kind: 'held'; readonly holder: Holder; readonly since: number };

export interface HeldNameDefinition<Holder, Event> {
  reserved(reservation: string, holder: Holder): Event;
  released(reservation: string, holder: Holder): Event;
  holderAfter(event: Event): Holder | undefined;
  taken(called: string): MusterError;
}

export type HeldNameDecider<Holder, Event> = Decider<HeldNameCommand<Holder>, Event, HeldNameState<Holder>>;

/**
 * Assigns names within a tenant. A name is reserved before its holder adopts it, and released when the holder no longer has it. Throws the error that
 * `taken` returns.
 */
export function heldNameDecider<Holder, Event>(
  words: HeldNameDefinition<Holder, Event>,
): HeldNameDecider<Holder, Event> {
  return {
    initialState: { kind: 'free' },
    decide(command, state) {
      const { reservation, holder } = command;
      switch (command.kind) {
        case 'reserve': {
          const reserved = words.reserved(reservation, holder);
          if (state.kind === 'free') return [reserved];
          if (state.holder === holder) return [];
          if (
            state.holder !== command.strayed ||
            (command.over !== true && command.now - state.since < NAME_RESERVATION_TIMEOUT_MS)
          )
            throw words.taken(command.called);
          return [words.released(reservation, state.holder), reserved];
        }
        case 'release':
          return state.kind === 'held' && state.holder === holder
            ? [words.released(reservation, holder)]
            : [];
        default:
          return assertNever(command);
      }
    },
    evolve(_state, event) {
      const holder = words.holderAfter(event);
      return holder === undefined ? { kind: 'free' } : { kind: 'held', holder, since: event.metadata.at };
    },
  };
}
