import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
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
import { checkAppend, checkBefore, checkExpected, checkStream } from '../append-bounds.js';
import { judgeAppend, judgeDeletion, revisionOf, SOFT_DELETED } from '../append-rule.js';
import { AppendNotifications } from '../append-notifications.js';
import type { LogSource } from '../log-source.js';
import { revisionRange, walkAll, walkStream } from '../pages.js';
import { follow } from '../subscription.js';
import { MemoryLog, type LogChange } from './memory-log.js';

export interface MemoryEventStoreOptions {
  readonly clock?: Pick<Clock, 'now'>;
  readonly id?: string;
  /** Stands for the fsync of a group of appends, which wait for it. If it throws, this group and those queued after it fail, and nothing of them is stored. */
  readonly sync?: () => Promise<void>;
}

export interface MemoryEventStore extends EventStore {
  /**
   * Simulates a power failure: unsynced events are lost, waiting appends fail with `MUSTER_E_STORE_UNAVAILABLE`, and subscriptions end. Acknowledged
   * events stay. The store then continues as if restarted.
   */
  crash(): void;
}

interface Pending {
  readonly change: LogChange | undefined;
  readonly answer: () => void;
  readonly refuse: (error: unknown) => void;
}

/** An event store in memory. Reads see the durable layer; appends are checked against the volatile one. */
export function createMemoryEventStore(options: MemoryEventStoreOptions = {}): MemoryEventStore {
  return new InMemory(options);
}

class InMemory implements MemoryEventStore {
  readonly id: string;
  readonly #now: () => number;
  readonly #sync: () => Promise<void>;
  #durable = new MemoryLog();
  #volatile = new MemoryLog();
  #queue: Pending[] = [];
  #syncing: readonly Pending[] = [];
  /** Counts simulated process lives. A sync that began in an earlier one writes nothing. */
  #life = 0;
  #busy: Promise<void> | undefined;
  #growth = new AppendNotifications();
  #closed = false;

  constructor(options: MemoryEventStoreOptions) {
    this.id = options.id ?? '00000000-0000-4000-8000-000000000000';
    this.#now = () => options.clock?.now() ?? 0;
    this.#sync = options.sync ?? (() => Promise.resolve());
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.#checkOpen();
    checkAppend(request);
    const { stream, events } = request;
    const log = this.#volatile;
    const ids = events.map((event) => event.id);
    const verdict = judgeAppend(
      stream,
      log.state(stream),
      revisionOf(request.expected),
      ids,
      (revision) => log.eventAt(stream, revision)?.id,
    );
    if (verdict.kind === 'repeated') {
      const position = log.eventAt(stream, verdict.revision)?.position ?? 0n;
      await this.#write(undefined);
      return { revision: verdict.revision, position };
    }
    const created = this.#now();
    const recorded = events.map(({ id, type, data, metadata }, index): RecordedEvent => ({
      id,
      type,
      data,
      metadata,
      stream,
      revision: verdict.revision + index,
      position: BigInt(log.length + 1 + index),
      created,
    }));
    const result = {
      revision: verdict.revision + events.length - 1,
      position: BigInt(log.length + events.length),
    };
    await this.#write({
      kind: 'append',
      stream,
      events: recorded,
      ...(verdict.reopens ? { truncateBefore: verdict.revision } : {}),
    });
    return result;
  }

  async *readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    this.#checkOpen();
    const state = this.#durable.state(stream);
    if (state.tombstoned) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
    const range = revisionRange(state, options);
    if (range === undefined) return;
    const log = this.#durable;
    const read = (low: number, high: number): RecordedEvent[] => {
      const page = log.eventsOf(stream).slice(low, high + 1);
      return range.step > 0 ? page : page.reverse();
    };
    yield* walkStream(range, read, () => Promise.resolve());
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#checkOpen();
    const scan = (from: number, limit: number) =>
      options.direction === 'backwards'
        ? this.#durable.scanBackwards(from, options.filter, limit)
        : this.#durable.scanForwards(from, options.filter, limit);
    return walkAll(scan, () => Promise.resolve(), options);
  }

  head(): Promise<bigint | undefined> {
    return Promise.resolve(this.#durable.length === 0 ? undefined : BigInt(this.#durable.length));
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    this.#checkOpen();
    return follow(this.#source(), options);
  }

  async truncateBefore(stream: string, before: number): Promise<void> {
    this.#checkOpen();
    checkStream(stream);
    checkBefore(before);
    const { tombstoned, truncateBefore } = this.#volatile.state(stream);
    if (tombstoned) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
    await this.#write(truncateBefore === SOFT_DELETED ? undefined : { kind: 'truncate', stream, before });
  }

  async deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    this.#judgeDeletion(stream, expected);
    await this.#write({ kind: 'truncate', stream, before: SOFT_DELETED });
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void> {
    this.#judgeDeletion(stream, expected);
    await this.#write({ kind: 'tombstone', stream });
  }

  crash(): void {
    this.#life += 1;
    this.#loseVolatile(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'crashed' }));
    this.#busy = undefined;
    this.#growth.close();
    this.#growth = new AppendNotifications();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#busy;
    this.#growth.close();
  }

  #source(): LogSource {
    const growth = this.#growth;
    return {
      newest: () => this.#durable.length,
      scanForwards: (after, filter, limit) => this.#durable.scanForwards(after, filter, limit),
      grown: (position, signal) =>
        this.#durable.length > position && !growth.closed ? Promise.resolve(true) : growth.next(signal),
      breathe: () => Promise.resolve(),
    };
  }

  #judgeDeletion(stream: string, expected: ExpectedRevision): void {
    this.#checkOpen();
    checkStream(stream);
    checkExpected(expected);
    judgeDeletion(stream, this.#volatile.state(stream), revisionOf(expected));
  }

  /** Applies a change to the volatile layer at once; resolves when a sync has made it, and all before it, durable. */
  #write(change: LogChange | undefined): Promise<void> {
    if (change !== undefined) this.#volatile.apply(change);
    return new Promise((answer, refuse) => {
      this.#queue.push({ change, answer, refuse });
      this.#busy ??= this.#syncAll(this.#life);
    });
  }

  async #syncAll(life: number): Promise<void> {
    while (this.#queue.length > 0) {
      this.#syncing = this.#queue;
      this.#queue = [];
      try {
        await this.#sync();
      } catch (error) {
        if (life !== this.#life) return;
        this.#loseVolatile(error);
        continue;
      }
      if (life !== this.#life) return;
      const synced = this.#syncing;
      this.#syncing = [];
      for (const { change } of synced) if (change !== undefined) this.#durable.apply(change);
      for (const { answer } of synced) answer();
      this.#growth.announce();
    }
    this.#busy = undefined;
  }

  #loseVolatile(error: unknown): void {
    const lost = [...this.#syncing, ...this.#queue];
    this.#syncing = [];
    this.#queue = [];
    this.#volatile = this.#durable.copy();
    for (const { refuse } of lost) refuse(error);
  }

  #checkOpen(): void {
    if (this.#closed) throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'closed' });
  }
}
