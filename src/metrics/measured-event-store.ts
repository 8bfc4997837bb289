import type { Clock } from '#domain/ports/clock.js';
import type {
  AppendRequest,
  AppendResult,
  EventStore,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  SubscribeOptions,
  SubscriptionMessage,
} from '#domain/ports/event-store.js';
import { outcomeOf, type AppendDurations } from './append-durations.js';

/** The same store, whose appends are timed. */
export function measuredEventStore(store: EventStore, appends: AppendDurations, clock: Pick<Clock, 'monotonic'>): EventStore {
  return new MeasuredEventStore(store, appends, clock);
}

class MeasuredEventStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly appends: AppendDurations,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  get id(): string {
    return this.store.id;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const { appends, clock } = this;
    const began = clock.monotonic();
    appends.underWay += 1;
    try {
      const result = await this.store.append(request);
      appends.observe('appended', (clock.monotonic() - began) / 1000);
      return result;
    } catch (error) {
      appends.observe(outcomeOf(error), (clock.monotonic() - began) / 1000);
      throw error;
    } finally {
      appends.underWay -= 1;
    }
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]> {
    return this.store.readStream(stream, options);
  }

  readAll(options?: ReadAllOptions): AsyncIterable<readonly RecordedEvent[]> {
    return this.store.readAll(options);
  }

  head(): Promise<bigint | undefined> {
    return this.store.head();
  }

  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    return this.store.subscribe(options);
  }

  truncateBefore(stream: string, before: number): Promise<void> {
    return this.store.truncateBefore(stream, before);
  }

  deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    return this.store.deleteStream(stream, expected);
  }

  tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void> {
    return this.store.tombstoneStream(stream, expected);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
