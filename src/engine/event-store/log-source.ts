import type { EventFilter, RecordedEvent } from '#domain/ports/event-store.js';
import type { StopSignal } from '#domain/ports/signal.js';

/** One step of a walk over the whole log. Positions are numbers inside the adapters: exact up to 2^53, and far cheaper than bigints. */
export interface Scan {
  /** What the filter kept, in the order of the walk. */
  readonly events: readonly RecordedEvent[];
  /** Everything up to here, inclusive, was looked at. Where nothing was left to look at: where the walk stood. */
  readonly through: number;
  /** There is (or may be) more behind `through`. */
  readonly more: boolean;
}

/** What a subscription needs of an adapter. */
export interface LogSource {
  /** Newest durable position; 0 for an empty log. */
  newest(): number;
  scanForwards(after: number, filter: EventFilter | undefined, limit: number): Scan;
  /** Resolves true once the log has grown beyond `position`, false when the signal aborts or the store closes. */
  grown(position: number, signal: StopSignal | undefined): Promise<boolean>;
  /** Lets other work of this thread go on between two pages. */
  breathe(): Promise<void>;
}
