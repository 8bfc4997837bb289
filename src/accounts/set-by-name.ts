import type { AnyEvent, Decider } from '#domain/kernel/event/index.js';
import type { Executed } from '#src/engine/commands/index.js';

/**
 * Returns what a command set under a name. If it was removed after an earlier execution of the same command, returns what the command set, as its
 * first response did.
 */
export function setByName<Command, Event extends AnyEvent, Kept>(
  { evolve, initialState }: Decider<Command, Event, ReadonlyMap<string, Kept>>,
  { state, events }: Pick<Executed<Event, ReadonlyMap<string, Kept>>, 'state' | 'events'>,
  name: string,
): Kept {
  const kept = state.get(name) ?? events.reduce(evolve, initialState).get(name);
  if (kept === undefined)
    throw new Error('a command that sets something under a name leaves it there, or has an event of it');
  return kept;
}
