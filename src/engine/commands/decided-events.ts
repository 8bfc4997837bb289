import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';

type EventsListener<Event, State> = (events: readonly Event[], before: State) => void;

/** Publishes the events that commands of this process have appended, for metrics only. Anything that reacts to events must read the log. */
export class DecidedEvents {
  readonly #listeners = new Map<string, EventsListener<never, never>[]>();

  /** The listener receives the events of each command and the state on which the command was decided. It must not throw. */
  listen<Command, Event extends AnyEvent, State>(
    { category }: Aggregate<Command, Event, State>,
    told: EventsListener<Event, State>,
  ): void {
    this.#listeners.set(category, [...(this.#listeners.get(category) ?? []), told]);
  }

  tell<Command, Event extends AnyEvent, State>(
    { category }: Aggregate<Command, Event, State>,
    events: readonly Event[],
    before: State,
  ): void {
    for (const told of this.#listeners.get(category) ?? []) told(events as never, before as never);
  }
}
