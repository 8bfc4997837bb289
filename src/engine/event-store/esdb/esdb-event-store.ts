import { isMusterError, MusterError } from '#domain/errors/index.js';
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
import { checkAppend, checkBefore, checkExpected, checkStream } from '../append-bounds.js';
import { isSystemEvent } from '../system-events.js';
import { PageSize } from '../pages.js';
import type { StoreAbout } from './about.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { isUnexplained, storeError } from './failure.js';
import { keepsOwn, recordedEvent } from './recorded.js';
import { deleteMessage, logPage, streamPage, tombstoneMessage } from './requests.js';
import type { Retention } from './retention.js';
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
  readonly about: () => Promise<StoreAbout>;
}

/**
 * The event store port over EventStoreDB's protocol. Reads are calls of one page each, so none is open while the reader works, and each has a
 * deadline.
 */
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

  async *readAll({ direction = 'forwards', from, limit = Infinity, filter }: ReadAllOptions = {}): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    const size = new PageSize();
    let left = limit;
    let next = from;
    while (left > 0) {
      // Forwards, the server includes the bound itself.
      const count = Math.min(size.events, left) + 1;
      const answered = await this.#logPage(direction, next, count, filter);
      const page = (answered[0]?.position === next ? answered.slice(1) : answered).filter((event) => keepsOwn(filter, event));
      const kept = page.length > left ? page.slice(0, left) : page;
      if (kept.length > 0) yield kept;
      const last = answered.at(-1);
      if (last === undefined || answered.length < count) return;
      size.saw(kept);
      left -= kept.length;
      next = last.position;
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
      await this.#parts.connection.call((stub, metadata, options, done) => stub.delete(deleteMessage(stream, expected), metadata, options, done));
    } catch (cause) {
      const error = storeError(cause, stream);
      // EventStoreDB refuses to delete a stream that never existed; the port requires a mark.
      const neverWas = expected === 'no_stream' && isMusterError(error, 'MUSTER_E_WRONG_REVISION') && error.fields['actual'] === 'no_stream';
      if (!neverWas) throw error;
      await this.#parts.metadata.markDeleted(stream);
    }
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void> {
    checkStream(stream);
    checkExpected(expected);
    try {
      await this.#parts.connection.call((stub, metadata, options, done) => stub.tombstone(tombstoneMessage(stream, expected), metadata, options, done));
    } catch (error) {
      throw storeError(error, stream);
    }
  }

  close(): Promise<void> {
    this.#parts.subscriptions.close();
    this.#parts.connection.close();
    return Promise.resolve();
  }

  async #streamPage(stream: string, direction: 'forwards' | 'backwards', from: number | undefined, count: number): Promise<RecordedEvent[]> {
    try {
      const answers = await this.#parts.connection.page(streamPage(stream, direction, from, count));
      return answers.flatMap((answer) => recordedEvent(answer) ?? []);
    } catch (error) {
      throw storeError(error, stream);
    }
  }

  async #logPage(direction: 'forwards' | 'backwards', from: bigint | undefined, count: number, filter: ReadAllOptions['filter']): Promise<RecordedEvent[]> {
    try {
      const answers = await this.#parts.connection.page(logPage(direction, from, count, filter), filter !== undefined);
      return answers.flatMap((answer) => recordedEvent(answer) ?? []);
    } catch (error) {
      if (from !== undefined && isUnexplained(error))
        throw new MusterError('MUSTER_E_INVALID', { field: 'from', problem: `${String(from)} is no position of this log` }, { cause: error });
      throw storeError(error);
    }
  }
}

const TAIL = 8;

/** The newest event that is not the store's own. */
export async function readHead(connection: Connection): Promise<bigint | undefined> {
  let before: bigint | undefined;
  for (let count = 1; ; count = TAIL) {
    try {
      const events = (await connection.page(logPage('backwards', before, count, undefined))).flatMap((answer) => recordedEvent(answer) ?? []);
      const newest = events.find((event) => !isSystemEvent(event));
      if (newest !== undefined) return newest.position;
      if (events.length < count) return undefined;
      before = events.at(-1)?.position;
    } catch (error) {
      throw storeError(error);
    }
  }
}
