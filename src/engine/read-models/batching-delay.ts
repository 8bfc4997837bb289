import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { Signal } from '#src/engine/concurrency/index.js';

/** Milliseconds of waiting for each event of the page before. */
const PER_EVENT_MS = 0.2;
/** Maximum milliseconds of a single wait. */
const MAX_DELAY_MS = 100;
/** Timers cannot wait for less. */
const MIN_DELAY_MS = 1;
/** Number of pages without a delay after a reader has waited, because readers that wait once tend to do so again. */
export const PAGES_WITHOUT_DELAY = 32;

/**
 * Waits after a page, in proportion to its events, so that under load the next page is larger and documents that several of its events change are
 * written once. It never delays readers: it does not wait while one needs a position that is not folded yet, and stops as soon as one does.
 */
export class BatchingDelay {
  readonly #clock: Pick<Clock, 'sleep'>;
  #wanted = -1n;
  #rests = 0;
  /** Of the present wait; earlier requests do not end it. */
  #wake: Signal | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  want(position: bigint): void {
    if (position <= this.#wanted) return;
    this.#wanted = position;
    this.#wake?.notify();
  }

  /** Waits after a page with this many events, the last one at `folded`. */
  async wait(events: number, folded: bigint, signal: StopSignal): Promise<void> {
    if (this.#wanted > folded) this.#rests = PAGES_WITHOUT_DELAY;
    if (this.#rests > 0) {
      this.#rests -= 1;
      return;
    }
    const ms = Math.min(MAX_DELAY_MS, events * PER_EVENT_MS);
    if (ms < MIN_DELAY_MS) return;
    this.#wake = new Signal();
    await this.#wake.wait(this.#clock, ms, signal);
    this.#wake = undefined;
    if (this.#wanted > folded) this.#rests = PAGES_WITHOUT_DELAY;
  }
}
