import { MusterError } from '#domain/kernel/errors/index.js';
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
} from '#domain/kernel/ports/event-store.js';

export type AroundAppend = (
  request: AppendRequest,
  append: () => Promise<AppendResult>,
) => Promise<AppendResult>;

export function aroundAppend(store: EventStore, around: AroundAppend): EventStore {
  return new WatchedEventStore(store, around);
}

/** Returns the same log, which can only be read. */
export function refusing(store: EventStore, problem: string): EventStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new MusterError('MUSTER_E_LOG_INCOMPLETE', { problem }));
  return Object.assign(aroundAppend(store, refuse), {
    truncateBefore: refuse,
    deleteStream: refuse,
    tombstoneStream: refuse,
  });
}

class WatchedEventStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly around: AroundAppend,
  ) {}

  get id(): string {
    return this.store.id;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    return this.around(request, () => this.store.append(request));
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
