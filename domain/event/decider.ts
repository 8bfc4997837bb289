import type { Recorded } from './recorded.js';

/**
 * The write side of one aggregate. `decide` looks at the state and answers with what happened, or throws a
 * `MusterError`; `evolve` folds what happened, as recorded: a fold may need its revision, position and `metadata.at`.
 * Both are pure: time, ids and randomness come inside the command.
 */
export interface Decider<Command, Event, State> {
  readonly initialState: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Recorded<Event>): State;
}
