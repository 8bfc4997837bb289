import type { StopSignal } from './signal.js';

/** The expected last revision of a stream. If it differs, the append is refused. */
export type ExpectedRevision = number | 'no_stream';

/** `data` and `metadata` are JSON strings. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  /** Position in the whole log: increasing, but not dense. Never do arithmetic with it. */
  readonly position: bigint;
  /** Write time in milliseconds since the Unix epoch, for display only. Folds use the event's `at`. */
  readonly created: number;
}

export interface AppendResult {
  readonly revision: number;
  readonly position: bigint;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  /** Whether ending work may depend on these events, such as an administrator's login. The embedded log accepts them on a full disk. */
  readonly urgent?: boolean;
  /** Whether the events come from an export, in which other programs may have larger events and longer names than Muster appends. */
  readonly imported?: boolean;
}

/** Filters of both kinds are combined with AND. Default: all events. */
export interface EventFilter {
  readonly streamPrefixes?: readonly string[];
  readonly types?: readonly string[];
}

export type Direction = 'forwards' | 'backwards';

export interface ReadStreamOptions {
  readonly direction?: Direction;
  readonly from?: number;
  readonly limit?: number;
}

export interface ReadAllOptions {
  readonly direction?: Direction;
  /**
   * Exclusive unless `inclusive` is set. Default: the start (forwards) or the end (backwards). It does not have to be the position of an event, but
   * then EventStoreDB cannot seek to it and reads everything before it (backwards: after it).
   */
  readonly from?: bigint;
  readonly inclusive?: boolean;
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface SubscribeOptions {
  readonly after?: bigint | 'end';
  readonly filter?: EventFilter;
  readonly signal?: StopSignal;
}

/**
 * `events`: one or more events in log order; `more`: whether the log already had more events. `checkpoint`: everything up to `position` was read,
 * even if the filter matched nothing. `caughtUp`: live events follow. It is repeated each time the subscriber falls behind and catches up again.
 */
export type SubscriptionMessage =
  | { readonly kind: 'events'; readonly events: readonly RecordedEvent[]; readonly more?: boolean }
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'caughtUp' };

/**
 * The log. Every adapter passes the suite `test/contract/event-store.ts`. Errors: `MUSTER_E_WRONG_REVISION`, `MUSTER_E_STREAM_DELETED`,
 * `MUSTER_E_STORE_FULL` (nothing was written, reads continue), `MUSTER_E_STORE_BUSY` (queue full, nothing was written), `MUSTER_E_STORE_UNAVAILABLE`
 * (the outcome may be unknown: look for the event ids in the stream), `MUSTER_E_APPEND_TOO_LARGE` (more than 200 events or 256 KiB),
 * `MUSTER_E_INVALID` (an empty append, an id that is not a lower-case UUID, or a name that is empty or begins with `$`).
 */
export interface EventStore {
  /** Identity of this log. Checkpoints of a different log are invalid here. */
  readonly id: string;

  /**
   * Appends all events to one stream, or none. Idempotent like EventStoreDB: if `expected` is below the current
   * revision and exactly these ids are already there, the original result is returned.
   */
  append(request: AppendRequest): Promise<AppendResult>;

  /** Reads the pages of a stream; there are none if the stream does not exist. Throws `MUSTER_E_STREAM_DELETED` if it was tombstoned. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;

  readAll(options?: ReadAllOptions): AsyncIterable<readonly RecordedEvent[]>;

  /** Position of the newest event, undefined if there is none. It is never behind an event that a read of this store has returned. */
  head(): Promise<bigint | undefined>;

  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;

  truncateBefore(stream: string, before: number): Promise<void>;

  /** Soft delete: the stream reads as absent and can be started again at its next revision. */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<void>;

  /** Hard delete: the name can never be used again. */
  tombstoneStream(stream: string, expected: ExpectedRevision): Promise<void>;

  close(): Promise<void>;
}
