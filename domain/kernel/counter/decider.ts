import type { Decider } from '../event/decider.js';
import type { CounterEvent } from './events.js';

export interface CounterCommand {
  readonly counter: string;
  readonly for: string;
}

/** Issues increasing numbers, starting at 1. Each number is issued only once. */
export const counterDecider: Decider<CounterCommand, CounterEvent, null> = {
  initialState: null,
  decide: (command) => [{ type: 'NumberTaken', data: { counter: command.counter, for: command.for } }],
  evolve: () => null,
};

export function numberOf(event: { readonly revision: number }): number {
  return event.revision + 1;
}
