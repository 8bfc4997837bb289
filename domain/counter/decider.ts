import type { Decider } from '../event/decider.js';
import type { CounterEvent } from './events.js';

export interface CounterCommand {
  readonly counter: string;
  /** Who gets the number. */
  readonly for: string;
}

/** Gives numbers from 1 up, each once: who asks twice gets two. */
export const counterDecider: Decider<CounterCommand, CounterEvent, null> = {
  initialState: null,
  decide: (command) => [{ type: 'NumberTaken', data: { counter: command.counter, for: command.for } }],
  evolve: () => null,
};

/** The number that an event stands for. */
export function numberOf(event: { readonly revision: number }): number {
  return event.revision + 1;
}
