import { catalogOf } from '#domain/kernel/catalog/index.js';
import type { Aggregate, AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Executed } from '#domain/kernel/ports/command-executor.js';

/** Result of a command that began its stream with one event. Most callers need only the position, so the state is folded on demand. */
export class FirstEventResult<Command, Event extends AnyEvent, State> implements Executed<Event, State> {
  readonly repeated = false;
  #event: Recorded<Event> | undefined;

  constructor(
    private readonly aggregate: Aggregate<Command, Event, State>,
    private readonly initial: State,
    private readonly stored: RecordedEvent,
  ) {}

  get position(): bigint {
    return this.stored.position;
  }

  get events(): readonly Recorded<Event>[] {
    return [(this.#event ??= catalogOf(this.aggregate).decode(this.stored) as Recorded<Event>)];
  }

  get state(): State {
    return this.aggregate.decider.evolve(this.initial, this.events[0]!);
  }
}
