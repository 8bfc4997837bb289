import type { Clock } from '#domain/kernel/ports/clock.js';

/** A snapshot costs in proportion to the state, and saves folding the events after it. It is due after this many events … */
const MIN_EVENTS = 5000;
/** … once nothing was folded for this many milliseconds, … */
const QUIET_MS = 10_000;
/** … or under load after this many events, at least a multiple of the records, and this many milliseconds. */
const MANY_EVENTS = 100_000;
const EVENTS_A_RECORD = 4;
const INTERVAL_MS = 10_000;

export class SnapshotSchedule {
  #events = 0;
  #keptAt: number;
  #foldedAt: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.#keptAt = this.#foldedAt = clock.monotonic();
  }

  get behind(): number {
    return this.#events;
  }

  folded(events: number): void {
    this.#events += events;
    this.#foldedAt = this.clock.monotonic();
  }

  /**
   * Whether a snapshot is due. `size`: approximate number of records in the state. `anew`: a long read of the log has just finished and should not be repeated.
   */
  isDue(size: number, anew = false): boolean {
    if (this.#events < MIN_EVENTS) return false;
    const now = this.clock.monotonic();
    if (anew || now - this.#foldedAt >= QUIET_MS) return true;
    return this.#events >= Math.max(MANY_EVENTS, EVENTS_A_RECORD * size) && now - this.#keptAt >= INTERVAL_MS;
  }

  /** Must be called when the writing begins: later events count for the next snapshot. */
  kept(): void {
    this.#events = 0;
    this.#keptAt = this.clock.monotonic();
  }
}
