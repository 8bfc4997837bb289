import type { AnyEvent, Decider } from '#domain/event/index.js';
import type { Executed } from '#src/engine/commands/index.js';

/**
 * What a command set under a name, as it is now. A repeated command may find that it was removed since: then as that command set it, which is what its
 * first answer said.
 */
export function setByName<Command, Event extends AnyEvent, Kept>(
  { evolve, initialState }: Decider<Command, Event, ReadonlyMap<string, Kept>>,
  { state, events }: Pick<Executed<Event, ReadonlyMap<string, Kept>>, 'state' | 'events'>,
  name: string,
): Kept {
  const kept = state.get(name) ?? events.reduce(evolve, initialState).get(name);
  if (kept === undefined) throw new Error('a command that sets something under a name leaves it there, or has an event of it');
  return kept;
}
