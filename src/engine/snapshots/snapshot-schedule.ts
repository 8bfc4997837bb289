import type { Clock } from '#domain/kernel/ports/clock.js';

const MIN_EVENTS = 5000;
/** If there are at least `MIN_EVENTS` events, a snapshot is due once nothing was folded for this many milliseconds. */
const QUIET_MS = 10_000;
/** Under load, a snapshot is due after this many events, or after a multiple of the number of records if that is more, and after an interval. */
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

  /** Returns whether a snapshot is due. `size` is the approximate number of records. `anew` means that a long read of the log has just finished. */
  isDue(size: number, anew = false): boolean {
    if (this.#events < MIN_EVENTS) return false;
    const now = this.clock.monotonic();
    if (anew || now - this.#foldedAt >= QUIET_MS) return true;
    return this.#events >= Math.max(MANY_EVENTS, EVENTS_A_RECORD * size) && now - this.#keptAt >= INTERVAL_MS;
  }

  /** Must be called when writing begins. Later events count toward the next snapshot. */
  kept(): void {
    this.#events = 0;
    this.#keptAt = this.clock.monotonic();
  }
}
