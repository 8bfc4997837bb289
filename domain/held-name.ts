import { assertNever, type MusterError } from './errors/index.js';
import type { Decider } from './event/decider.js';

/** A name that its holder does not say is its own is left to it for so long, in milliseconds: it may be about to say so. */
export const NAME_RESERVATION_TIMEOUT_MS = 600_000;

export type HeldNameCommand<Holder> =
  | {
      readonly kind: 'reserve';
      readonly reservation: string;
      readonly holder: Holder;
      /** What an error says of it. */
      readonly called: string;
      /** Milliseconds since 1970. */
      readonly now: number;
      /** A holder whose own stream does not say that the name is its own: it was given up on the way, and has the name no more. */
      readonly strayed?: Holder;
      /** It never will say so: its stream has ended. */
      readonly over?: boolean;
    }
  | { readonly kind: 'release'; readonly reservation: string; readonly holder: Holder };

export type HeldNameState<Holder> = { readonly kind: 'free' } | { readonly kind: 'held'; readonly holder: Holder; readonly since: number };

/** How an aggregate of names says what happened. */
export interface HeldNameDefinition<Holder, Event> {
  reserved(reservation: string, holder: Holder): Event;
  released(reservation: string, holder: Holder): Event;
  /** Whose the name is after the event; undefined: nobody's. */
  holderAfter(event: Event): Holder | undefined;
  taken(called: string): MusterError;
}

export type HeldNameDecider<Holder, Event> = Decider<HeldNameCommand<Holder>, Event, HeldNameState<Holder>>;

/** Who of a tenant's has a name. It is taken before its holder says that it is its own, and let go of once it does not. Error: that of `taken`. */
export function heldNameDecider<Holder, Event>(words: HeldNameDefinition<Holder, Event>): HeldNameDecider<Holder, Event> {
  return {
    initialState: { kind: 'free' },
    decide(command, state) {
      const { reservation, holder } = command;
      switch (command.kind) {
        case 'reserve': {
          const reserved = words.reserved(reservation, holder);
          if (state.kind === 'free') return [reserved];
          if (state.holder === holder) return [];
          if (state.holder !== command.strayed || (command.over !== true && command.now - state.since < NAME_RESERVATION_TIMEOUT_MS))
            throw words.taken(command.called);
          return [words.released(reservation, state.holder), reserved];
        }
        case 'release':
          return state.kind === 'held' && state.holder === holder ? [words.released(reservation, holder)] : [];
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
