import type { StopSignal } from './signal.js';

/** The last revision that a stream must have for an append to be taken, or that it must have none. */
export type ExpectedRevision = number | 'no_stream';

/** An event on its way into a stream. `data` and `metadata` are JSON texts. */
export interface NewEvent {
  /** UUID, deterministic: the store compares it to recognise a repeated append. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** An event as the store holds it. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** Place in its stream, from 0, without gaps. */
  readonly revision: number;
  /** Place in the whole log: strictly rising, not dense. Compare and store; never do arithmetic with it. */
  readonly position: bigint;
  /** When the store wrote it, milliseconds since the Unix epoch. For people; folds use the event's own `at`. */
  readonly created: number;
}

/** What an accepted append answers. */
export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: number;
  /** Position of the last event appended. */
  readonly position: bigint;
}

/** One append; with others it can form an atomic batch only where all are for the same stream (see {@link EventStore.append}). */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** Which events a read of the whole log keeps. Both given: an event must satisfy both. Absent: all. */
export interface EventFilter {
  /** Stream names that begin with one of these. A category is `job-`. */
  readonly streamPrefixes?: readonly string[];
  readonly types?: readonly string[];
}

export type Direction = 'forwards' | 'backwards';

export interface ReadStreamOptions {
  readonly direction?: Direction;
  /** First revision read (inclusive). Absent: the first (forwards) or the last (backwards) event. */
  readonly from?: number;
  /** At most so many events. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  readonly direction?: Direction;
  /**
   * The bound: forwards, events after it; backwards, events before it. Absent: from the start, or from the end. It need not be the position of an event,
   * but where it is none, EventStoreDB cannot seek to it: all of the log before it (backwards: after it) is passed over.
   */
  readonly from?: bigint;
  /** Whether the event at `from` is read too. Default: it is not. */
  readonly inclusive?: boolean;
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface SubscribeOptions {
  /** Exclusive: events after it. Absent: from the start. `'end'`: only what is appended from now on. */
  readonly after?: bigint | 'end';
  readonly filter?: EventFilter;
  readonly signal?: StopSignal;
}

/**
 * What a subscription delivers, in order:
 * - `events`: one or more events, in log order; never empty. `more`: whether others followed them by then; absent: not known;
 * - `checkpoint`: everything up to `position` was looked at, though the filter kept none of it;
 * - `caughtUp`: the subscriber has seen all that there was; live events follow. Sent again after each time it fell behind.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[]; readonly more?: boolean }
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'caughtUp' };

/**
 * The log. Every adapter passes the one suite in `test/contract/event-store.ts`.
 *
 * Errors (see `domain/errors`): `MUSTER_E_WRONG_REVISION`, `MUSTER_E_STREAM_DELETED`, `MUSTER_E_STORE_FULL` (disk full: nothing was
 * written, reads go on), `MUSTER_E_STORE_BUSY` (queue bound reached, nothing was written), `MUSTER_E_STORE_UNAVAILABLE` (outcome may be unknown:
 * settle it by reading the stream back for the event ids), `MUSTER_E_APPEND_TOO_LARGE` (over 200 events or 256 KiB),
 * `MUSTER_E_INVALID` (an empty append, an id that is no lower-case UUID, a name of a stream or type that is empty or begins with `$`).
 */
export interface EventStore {
  /** Identity of this log, made when the log was; a checkpoint of another log is worthless. */
  readonly id: string;

  /**
   * Appends all events to one stream, or none. Follows EventStoreDB's idempotency by event id: where `expected` is
   * below the current revision and exactly these ids already stand there, the original result is answered and nothing is written.
   */
  append(request: AppendRequest): Promise<AppendResult>;

  /** Pages of a stream's events; an absent, soft-deleted or wholly truncated stream yields none; a tombstoned one throws `MUSTER_E_STREAM_DELETED`. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Pages of the whole log. Deleted and truncated streams' events are still in it. */
  readAll(options?: ReadAllOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** The position of the newest event, or undefined for an empty log. */
  head(): Promise<bigint | undefined>;

  /** Events of the whole log as they come. Ends when the signal aborts. Back-pressure: nothing is read before it is asked for. */
  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  /** From now on reads of the stream begin at `before`; what is older is not served from the stream. */
  truncateBefore(stream: string, before: number): Promise<void>;

  /** Soft delete: the stream reads as absent and may be begun again, at its next revision. */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<void>;

  /** Hard delete: the name is dead for ever. */
  tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void>;

  close(): Promise<void>;
}
