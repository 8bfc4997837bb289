import type { Clock } from '#domain/ports/clock.js';

/** A snapshot costs as much as the state is large, and saves the events behind it: it is due after so many of them … */
const FEWEST_EVENTS = 5000;
/** … once nothing was folded for so long (ms), … */
const QUIET_MS = 10_000;
/** … or under load after so many, at least so many for each record, and so long (ms). */
const MANY_EVENTS = 100_000;
const EVENTS_A_RECORD = 4;
const INTERVAL_MS = 10_000;

/** When the state of a fold over the whole log is kept. */
export class SnapshotRhythm {
  #events = 0;
  #keptAt: number;
  #foldedAt: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.#keptAt = this.#foldedAt = clock.monotonic();
  }

  /** Events folded since the state was kept. */
  get behind(): number {
    return this.#events;
  }

  folded(events: number): void {
    this.#events += events;
    this.#foldedAt = this.clock.monotonic();
  }

  /** Whether it is time. `size`: about how many records the state has. `anew`: a long read of the log is just done, and nobody should do it again. */
  isDue(size: number, anew = false): boolean {
    if (this.#events < FEWEST_EVENTS) return false;
    const now = this.clock.monotonic();
    if (anew || now - this.#foldedAt >= QUIET_MS) return true;
    return this.#events >= Math.max(MANY_EVENTS, EVENTS_A_RECORD * size) && now - this.#keptAt >= INTERVAL_MS;
  }

  /** To be called when the writing begins: what is folded from now on is behind it. */
  kept(): void {
    this.#events = 0;
    this.#keptAt = this.clock.monotonic();
  }
}
