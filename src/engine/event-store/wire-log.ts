import type { AppendResult, NewEvent, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { StreamState } from './append-rule.js';
import type { WireExpectation } from './wire-rule.js';

/** An append of a protocol client. Any number of events, including none; ids are lower-case UUIDs. */
export interface WireAppend {
  readonly stream: string;
  readonly expected: WireExpectation;
  readonly events: readonly NewEvent[];
}

/**
 * The log as the protocol server uses it: every stream, including system streams, and all four forms of expectation. Only for `src/engine/event-store/server`;
 * Muster uses the port. Positions are numbers here, exact up to 2^53. In results, revision -1 means no stream, position 0 none.
 */
export interface WireLog {
  readonly id: string;
  newest(): number;
  state(stream: string): StreamState;
  /** Events of a stream from revision `low` to `high`, or from `high` to `low` for step -1; fewer if they are large, but at least one. */
  events(stream: string, low: number, high: number, step: 1 | -1): readonly RecordedEvent[];
  /** At most `limit` events after a position, or before it, newest first; fewer if they are large, but at least one if there is one. */
  forwards(after: number, limit: number): readonly RecordedEvent[];
  backwards(before: number, limit: number): readonly RecordedEvent[];
  /** Resolves to true once the log has grown beyond `position`, or to false when the signal aborts or the log closes. */
  grown(position: number, signal: StopSignal): Promise<boolean>;
  append(request: WireAppend): Promise<AppendResult>;
  delete(stream: string, expected: WireExpectation): Promise<AppendResult>;
  tombstone(stream: string, expected: WireExpectation): Promise<AppendResult>;
  close(): Promise<void>;
}
