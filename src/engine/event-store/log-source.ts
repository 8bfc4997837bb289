import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';

/** One step of a scan of the log. Positions are numbers here because numbers are cheaper than bigints. */
export interface Scan {
  readonly events: readonly RecordedEvent[];
  readonly through: number;
  readonly more: boolean;
}

export interface LogSource {
  newest(): number;
  scanForwards(after: number, filter: EventFilter | undefined, limit: number): Scan;
  grown(position: number, signal: StopSignal | undefined): Promise<boolean>;
  breathe(): Promise<void>;
}
