import type { MessagePort } from 'node:worker_threads';
import { isMusterError, type MusterError } from '#domain/kernel/errors/index.js';
import type {
  AppendRequest,
  AppendResult,
  Direction,
  EventFilter,
  EventStore,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  SubscribeOptions,
  SubscriptionMessage,
} from '#domain/kernel/ports/event-store.js';
import {
  checkAppend,
  checkBefore,
  checkExpected,
  checkStream,
  isBeyondBound,
  isSystemEvent,
  PageSize,
  type Seen,
} from '#src/engine/event-store/index.js';
import type { StoreAbout } from './about.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { isUnexplained, storeError } from './failure.js';
import { matchesFilter, recordedEvent } from './recorded.js';
import { deleteMessage, logPage, streamPage, tombstoneMessage } from './requests.js';
import type { Retention } from './retention.js';
import { shareTail } from './shared-tail.js';
import type { StreamMetadata } from './stream-metadata.js';
import type { Subscriptions } from './subscriptions.js';

export interface EsdbParts {
  readonly id: string;
  readonly connection: Connection;
  readonly appends: Appends;
  readonly metadata: StreamMetadata;
  readonly retention: Retention;
  readonly subscriptions: Subscriptions;
  readonly corrupted: Promise<MusterError>;
  readonly newestOwn: () => Seen | undefined;
  readonly about: () => Promise<StoreAbout>;
}

/** The event store port over EventStoreDB's protocol. A read makes one call with a deadline per page, so no call is open while the reader works. */
export class EsdbStore implements EventStore {
  readonly id: string;
  readonly #parts: EsdbParts;

  constructor(parts: EsdbParts) {
    this.id = parts.id;
    this.#parts = parts;
  }

  get corrupted(): Promise<MusterError> {
    return this.#parts.corrupted;
  }

  async check(): Promise<void> {
    try {
      await this.#parts.connection.check();
    } catch (error) {
      throw storeError(error);
    }
  }

  newestOwn(): Seen | undefined {
    return this.#parts.newestOwn();
  }

  about(): Promise<StoreAbout> {
    return this.#parts.about();
  }

  get retention(): Retention {
    return this.#parts.retention;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    checkAppend(request);
    return await this.#parts.appends.append(request);
  }

  async *readStream(
    stream: string,
    { direction = 'forwards', from, limit = Infinity }: ReadStreamOptions = {},
  ): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    checkStream(stream);
    const size = new PageSize();
    let left = limit;
    for (let next = from; left > 0 && (next ?? 0) >= 0;) {
      const count = Math.min(size.events, left);
      const page = await this.#streamPage(stream, direction, next, count);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < count) return;
      size.saw(page);
      left -= page.length;
      next = last.revision + (direction === 'forwards' ? 1 : -1);
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const { direction = 'forwards', from, limit = Infinity, filter } = options;
    const isBeyond = isBeyondBound(options);
    const size = new PageSize();
    let left = limit;
    let next = await this.#startOf(options);
    let passed: bigint | undefined;
    let refusals = 0;
    let keepsNone = false;
    while (left > 0 && next !== 'nothing') {
      const count = (keepsNone ? size.events : Math.min(size.events, left)) + 1;
      let answered: RecordedEvent[];
      try {
        answered = await this.#logPage(direction, next, count, filter);
      } catch (error) {
        if (next === undefined || next !== from || !isNoPosition(error)) throw error;
        // During a leader election, every request is refused with the same error.
        refusals += 1;
        if (refusals > 1) next = undefined;
        continue;
      }
      const page = answered.filter(
        (event) => event.position !== passed && isBeyond(event) && matchesFilter(filter, event),
      );
      const kept = page.length > left ? page.slice(0, left) : page;
      if (kept.length > 0) yield kept;
      const last = answered.at(-1);
      if (last === undefined || answered.length < count) return;
      size.saw(answered);
      keepsNone = kept.length === 0;
      left -= kept.length;
      passed = next = last.position;
    }
  }

  async head(): Promise<bigint | undefined> {
    return await readHead(this.#parts.connection);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    return this.#parts.subscriptions.follow(options);
  }

  async truncateBefore(stream: string, before: number): Promise<void> {
    checkStream(stream);
    checkBefore(before);
    await this.#parts.metadata.truncate(stream, before);
  }

  async deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    checkStream(stream);
    checkExpected(expected);
    try {
      await this.#parts.connection.call((stub, metadata, options, done) =>
        stub.delete(deleteMessage(stream, expected), metadata, options, done),
      );
    } catch (cause) {
      const error = storeError(cause, stream);
      const neverWas =
        expected === 'no_stream' &&
        isMusterError(error, 'MUSTER_E_WRONG_REVISION') &&
        error.fields['actual'] === 'no_stream';
      if (!neverWas) throw error;
      await this.#parts.metadata.markDeleted(stream);
    }
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void> {
    checkStream(stream);
    checkExpected(expected);
    try {
      await this.#parts.connection.call((stub, metadata, options, done) =>
        stub.tombstone(tombstoneMessage(stream, expected), metadata, options, done),
      );
    } catch (error) {
      throw storeError(error, stream);
    }
  }

  shareTail(): MessagePort {
    return shareTail(this.#parts.subscriptions.tail);
  }

  close(): Promise<void> {
    this.#parts.subscriptions.close();
    this.#parts.connection.close();
    return Promise.resolve();
  }

  async #streamPage(
    stream: string,
    direction: 'forwards' | 'backwards',
    from: number | undefined,
    count: number,
  ): Promise<RecordedEvent[]> {
    try {
      const answers = await this.#parts.connection.page(streamPage(stream, direction, from, count));
      return answers.flatMap((answer) => recordedEvent(answer) ?? []);
    } catch (error) {
      throw storeError(error, stream);
    }
  }

  /** Returns where to start reading. `undefined` means the start of the log, or, for backwards reads, its end. */
  async #startOf({
    direction,
    from,
    inclusive = false,
  }: ReadAllOptions): Promise<bigint | undefined | 'nothing'> {
    if (from === undefined) return undefined;
    const backwards = direction === 'backwards';
    if (from < 0n) return backwards ? 'nothing' : undefined;
    if (from > MAX_INT64) return backwards ? undefined : 'nothing';
    if (!backwards || !inclusive) return from;
    try {
      return (await this.#logPage('forwards', from, 2, undefined)).find(({ position }) => position > from)
        ?.position;
    } catch (error) {
      if (isNoPosition(error)) return undefined;
      throw error;
    }
  }

  async #logPage(
    direction: Direction,
    from: bigint | undefined,
    count: number,
    filter: EventFilter | undefined,
  ): Promise<RecordedEvent[]> {
    try {
      const answers = await this.#parts.connection.page(
        logPage(direction, from, count, filter),
        filter !== undefined,
      );
      return answers.flatMap((answer) => recordedEvent(answer) ?? []);
    } catch (error) {
      throw storeError(error);
    }
  }
}

const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/** Returns whether the server refused to read from a position, which happens if no event begins there. */
function isNoPosition(error: unknown): boolean {
  const { cause } = error as MusterError;
  return cause !== undefined && isUnexplained(cause);
}

const TAIL = 8;

export async function readHead(connection: Connection): Promise<bigint | undefined> {
  let before: bigint | undefined;
  for (let count = 1; ; count = TAIL) {
    try {
      const events = (await connection.page(logPage('backwards', before, count, undefined))).flatMap(
        (answer) => recordedEvent(answer) ?? [],
      );
      const newest = events.find((event) => !isSystemEvent(event));
      if (newest !== undefined) return newest.position;
      if (events.length < count) return undefined;
      before = events.at(-1)?.position;
    } catch (error) {
      throw storeError(error);
    }
  }
}
