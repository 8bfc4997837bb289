import type { Recorded } from './recorded.js';

/**
 * The write side of one aggregate. `decide` returns the events that a command causes, or throws a `MusterError`; `evolve` folds recorded events,
 * since a fold may need the revision, position or `metadata.at`. Both are pure: time, ids and randomness are part of the command.
 */
export interface Decider<Command, Event, State> {
  readonly initialState: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Recorded<Event>): State;
}
