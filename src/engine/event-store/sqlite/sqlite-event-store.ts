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
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { checkAppend, checkBefore, checkExpected, checkStream } from '../append-bounds.js';
import { revisionOf, type StreamState } from '../append-rule.js';
import type { LogSource } from '../log-source.js';
import { revisionRange, walkAll, walkStream } from '../pages.js';
import { follow } from '../subscription.js';
import { KnownStates } from './known-states.js';
import type { SqliteReader } from './reader.js';
import type { WriterClient } from './writer-client.js';

export interface GrowthSource {
  newest(): number;
  /** Number of write groups. Undefined if a different process writes, because the number is then unknown. */
  writes?(): number;
  grown(position: number, signal: StopSignal | undefined): Promise<boolean>;
}

export class SqliteStore implements EventStore {
  readonly id: string;
  readonly #reader: SqliteReader;
  readonly #writer: WriterClient | undefined;
  readonly #source: LogSource;
  readonly #stateOf: (stream: string) => StreamState;
  readonly #onClose: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(
    id: string,
    reader: SqliteReader,
    growth: GrowthSource,
    writer: WriterClient | undefined,
    onClose: () => Promise<void>,
  ) {
    this.id = id;
    this.#reader = reader;
    this.#writer = writer;
    this.#onClose = onClose;
    const look = reader.streamState.bind(reader);
    const known = growth.writes === undefined ? undefined : new KnownStates(growth.writes.bind(growth), look);
    this.#stateOf = known?.of.bind(known) ?? look;
    this.#source = {
      newest: growth.newest.bind(growth),
      scanForwards: reader.scanForwards.bind(reader),
      grown: growth.grown.bind(growth),
      breathe,
    };
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const bytes = checkAppend(request);
    const { stream, expected, events, urgent = false } = request;
    const texts: string[] = [];
    for (const { id, type, data, metadata } of events) texts.push(id, type, data, metadata);
    const revision = revisionOf(expected);
    return this.#writing().send({ do: 'append', stream, expected: revision, texts, urgent }, bytes);
  }

  async *readStream(
    stream: string,
    options: ReadStreamOptions = {},
  ): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    checkStream(stream);
    const state = this.#stateOf(stream);
    if (state.tombstoned) throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
    const range = revisionRange(state, options);
    if (range !== undefined)
      yield* walkStream(
        range,
        (low, high) => this.#reader.streamPage(stream, low, high, range.step),
        breathe,
      );
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    const { direction, filter } = options;
    const scan = (from: number, limit: number) =>
      direction === 'backwards'
        ? this.#reader.scanBackwards(from, filter, limit)
        : this.#reader.scanForwards(from, filter, limit);
    return walkAll(scan, breathe, options);
  }

  async head(): Promise<bigint | undefined> {
    // The writer's announcement of a commit may still be on its way when reads already show its events.
    const newest = await Promise.resolve(this.#reader.head());
    return newest === 0 ? undefined : BigInt(newest);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionMessage> {
    return follow(this.#source, options);
  }

  async truncateBefore(stream: string, before: number): Promise<void> {
    checkStream(stream);
    checkBefore(before);
    await this.#writing().send({ do: 'truncate', stream, before }, 0);
  }

  async deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    await this.#delete('delete', stream, expected);
  }

  async tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void> {
    await this.#delete('tombstone', stream, expected);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #delete(how: 'delete' | 'tombstone', stream: string, expected: ExpectedRevision): Promise<void> {
    checkStream(stream);
    checkExpected(expected);
    await this.#writing().send({ do: how, stream, expected: revisionOf(expected) }, 0);
  }

  async #close(): Promise<void> {
    await this.#writer?.drain();
    this.#reader.close();
    await this.#onClose();
  }

  #writing(): WriterClient {
    if (this.#writer === undefined)
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'it was opened read-only' });
    return this.#writer;
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
