import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';

/** One step of a scan of the whole log. Positions are numbers inside the adapters: exact up to 2^53, and far cheaper than bigints. */
export interface Scan {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here, inclusive, was examined; at the end of the log, the position of the scan. */
  readonly through: number;
  /** Whether there are, or may be, events after `through`. */
  readonly more: boolean;
}

export interface LogSource {
  /** Position of the newest durable event; 0 for an empty log. */
  newest(): number;
  scanForwards(after: number, filter: EventFilter | undefined, limit: number): Scan;
  /** Resolves to true once the log has grown beyond `position`, or to false when the signal aborts or the store closes. */
  grown(position: number, signal: StopSignal | undefined): Promise<boolean>;
  breathe(): Promise<void>;
}
