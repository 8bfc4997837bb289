import type { Decider } from './decider.js';
import type { Recorded } from './recorded.js';

/** Returns the state after a command, without appending. Throws the decider's errors. */
export function stateAfter<Command, Event extends { readonly type: string; readonly data: object }, State>(
  { decide, evolve }: Pick<Decider<Command, Event, State>, 'decide' | 'evolve'>,
  state: State,
  command: Command,
  at = 0,
): State {
  const metadata = { $correlationId: '', $causationId: '', at, v: 1 };
  return decide(command, state).reduce(
    (each, event) =>
      evolve(each, { ...event, id: '', stream: '', revision: 0, position: 0n, metadata } as Recorded<Event>),
    state,
  );
}
