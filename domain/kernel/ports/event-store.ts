import type { StopSignal } from './signal.js';

/** The expected last revision of a stream; the append is refused otherwise. */
export type ExpectedRevision = number | 'no_stream';

/** `data` and `metadata` are JSON texts. */
export interface NewEvent {
  /** A deterministic UUID, by which the store recognises a repeated append. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** Position in its stream, from 0 without gaps. */
  readonly revision: number;
  /** Position in the whole log: increasing, but not dense. Never do arithmetic with it. */
  readonly position: bigint;
  /** When the store wrote it, in milliseconds since the Unix epoch. To display; folds use the event's `at`. */
  readonly created: number;
}

export interface AppendResult {
  readonly revision: number;
  readonly position: bigint;
}

/** Several can form an atomic batch if all are for the same stream (see {@link EventStore.append}). */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** Filters of both kinds are combined with AND. Absent: all events. */
export interface EventFilter {
  /** Prefixes of stream names, such as `job-`. */
  readonly streamPrefixes?: readonly string[];
  readonly types?: readonly string[];
}

export type Direction = 'forwards' | 'backwards';

export interface ReadStreamOptions {
  readonly direction?: Direction;
  /** First revision, inclusive. Absent: the first event (forwards) or the last one (backwards). */
  readonly from?: number;
  readonly limit?: number;
}

export interface ReadAllOptions {
  readonly direction?: Direction;
  /**
   * Exclusive unless `inclusive`. Absent: from the start (forwards) or the end (backwards). It need not be the position
   * of an event, but EventStoreDB can then not seek to it and reads everything before it (backwards: after it).
   */
  readonly from?: bigint;
  /** Also read the event at `from`. */
  readonly inclusive?: boolean;
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface SubscribeOptions {
  /** Exclusive. Absent: from the start. `'end'`: only new events. */
  readonly after?: bigint | 'end';
  readonly filter?: EventFilter;
  readonly signal?: StopSignal;
}

/**
 * `events`: one or more events in log order; `more`: whether others had followed by then. `checkpoint`: everything up
 * to `position` was read, even if the filter matched nothing. `caughtUp`: live events follow; repeated after each time
 * that the subscriber fell behind.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[]; readonly more?: boolean }
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'caughtUp' };

/**
 * The log. Every adapter passes the suite `test/contract/event-store.ts`. Errors: `MUSTER_E_WRONG_REVISION`,
 * `MUSTER_E_STREAM_DELETED`, `MUSTER_E_STORE_FULL` (nothing was written, reads continue), `MUSTER_E_STORE_BUSY` (queue
 * full, nothing was written), `MUSTER_E_STORE_UNAVAILABLE` (the outcome may be unknown: look for the event ids in the
 * stream), `MUSTER_E_APPEND_TOO_LARGE` (over 200 events or 256 KiB), `MUSTER_E_INVALID` (empty append, an id that is
 * not a lower-case UUID, a name that is empty or begins with `$`).
 */
export interface EventStore {
  /** Identity of this log. Checkpoints of another log are worthless. */
  readonly id: string;

  /**
   * Appends all events to one stream, or none. Idempotent like EventStoreDB: if `expected` is below the current
   * revision and exactly these ids are already there, the original result is returned.
   */
  append(request: AppendRequest): Promise<AppendResult>;

  /**
   * Pages of a stream; none for an absent, soft-deleted or fully truncated one. Throws `MUSTER_E_STREAM_DELETED` for a
   * tombstoned stream.
   */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Pages of the whole log, including events of deleted and truncated streams. */
  readAll(options?: ReadAllOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Position of the newest event; undefined: the log is empty. */
  head(): Promise<bigint | undefined>;

  /** Streams events of the whole log until the signal aborts. The consumer controls the pace. */
  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  /** Reads of the stream begin at `before` from now on. */
  truncateBefore(stream: string, before: number): Promise<void>;

  /** Soft delete: the stream reads as absent and can be started again at its next revision. */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<void>;

  /** Hard delete: the name can never be used again. */
  tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void>;

  close(): Promise<void>;
}
