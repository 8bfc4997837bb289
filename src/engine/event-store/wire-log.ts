import type { AppendResult, NewEvent, RecordedEvent } from '#domain/ports/event-store.js';
import type { StopSignal } from '#domain/ports/signal.js';
import type { StreamState } from './append-rule.js';
import type { WireExpectation } from './wire-rule.js';

/** One append of a client of the wire. Any number of events, none too; ids are lower-case UUIDs. */
export interface WireAppend {
  readonly stream: string;
  readonly expected: WireExpectation;
  readonly events: readonly NewEvent[];
}

/**
 * The log as the wire serves it: every stream, those of the store itself too, and all four forms of expectation. For `src/engine/event-store/server` alone; Muster uses
 * the port. Positions are numbers here, exact up to 2^53. Answers: revision -1 stands for no stream, position 0 for none.
 */
export interface WireLog {
  readonly id: string;
  /** Position of the newest durable event; 0 for an empty log. */
  newest(): number;
  state(stream: string): StreamState;
  /** Events of a stream from revision `low` to `high`, or from `high` to `low` for step -1; fewer where they are large, but one at least. */
  events(stream: string, low: number, high: number, step: 1 | -1): readonly RecordedEvent[];
  /** At most so many events after a position, or before it, newest first; fewer where they are large, but one at least where there is one. */
  forwards(after: number, limit: number): readonly RecordedEvent[];
  backwards(before: number, limit: number): readonly RecordedEvent[];
  /** Resolves true once the log has grown beyond `position`, false when the signal aborts or the log closes. */
  grown(position: number, signal: StopSignal): Promise<boolean>;
  append(request: WireAppend): Promise<AppendResult>;
  delete(stream: string, expected: WireExpectation): Promise<AppendResult>;
  tombstone(stream: string, expected: WireExpectation): Promise<AppendResult>;
  close(): Promise<void>;
}
