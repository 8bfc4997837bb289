import type { AnyEvent, Decider } from '#domain/kernel/event/index.js';
import type { Executed } from '#domain/kernel/ports/command-executor.js';

/**
 * Returns the value that a command set under a name. If the command is a repeat and the value was removed in the meantime, returns the original
 * value, as in the first response.
 */
export function setByName<Command, Event extends AnyEvent, Kept>(
  { evolve, initialState }: Decider<Command, Event, ReadonlyMap<string, Kept>>,
  { state, events }: Pick<Executed<Event, ReadonlyMap<string, Kept>>, 'state' | 'events'>,
  name: string,
): Kept {
  const kept = state.get(name) ?? events.reduce(evolve, initialState).get(name);
  if (kept === undefined)
    throw new Error('the command set a value under a name, but neither the state nor its events contain it');
  return kept;
}
