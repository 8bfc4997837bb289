import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Executed } from './executor.js';

/** Result of a command that began its stream with one event. Most callers need only the position, so the state is folded on demand. */
export class FirstEventResult<Event extends AnyEvent, State> implements Executed<Event, State> {
  readonly repeated = false;
  #event: Recorded<Event> | undefined;

  constructor(
    private readonly stored: RecordedEvent,
    private readonly decode: (stored: RecordedEvent) => Recorded<Event>,
    private readonly fold: (event: Recorded<Event>) => State,
  ) {}

  get position(): bigint {
    return this.stored.position;
  }

  get events(): readonly Recorded<Event>[] {
    return [(this.#event ??= this.decode(this.stored))];
  }

  get state(): State {
    return this.fold(this.events[0]!);
  }
}
