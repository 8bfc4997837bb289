import type { AppendResult, NewEvent, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { StreamState } from './append-rule.js';
import type { WireExpectation } from './wire-rule.js';

export interface WireAppend {
  readonly stream: string;
  readonly expected: WireExpectation;
  readonly events: readonly NewEvent[];
}

/**
 * The log as the protocol server (`src/stores/eventstore-server`) uses it: every stream, including system streams, and all four forms of expectation. All
 * other code uses the port. Positions are numbers here, exact up to 2^53. In results, revision -1 means no stream, and position 0 means no position.
 */
export interface WireLog {
  readonly id: string;
  newest(): number;
  state(stream: string): StreamState;
  events(stream: string, low: number, high: number, step: 1 | -1): readonly RecordedEvent[];
  forwards(after: number, limit: number): readonly RecordedEvent[];
  backwards(before: number, limit: number): readonly RecordedEvent[];
  grown(position: number, signal: StopSignal): Promise<boolean>;
  append(request: WireAppend): Promise<AppendResult>;
  delete(stream: string, expected: WireExpectation): Promise<AppendResult>;
  tombstone(stream: string, expected: WireExpectation): Promise<AppendResult>;
  close(): Promise<void>;
}
