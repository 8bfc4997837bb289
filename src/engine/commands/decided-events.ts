import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';

type EventsListener<Event, State> = (events: readonly Event[], before: State) => void;

/** Publishes what commands of this process have made durable, for metrics only. Reactions to events must read the log. */
export class DecidedEvents {
  readonly #listeners = new Map<string, EventsListener<never, never>[]>();

  /** `told` is called with the events of each command and the state that it was decided on. It must not throw. */
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
