import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { Signal } from '#src/engine/concurrency/index.js';

const PER_EVENT_MS = 0.2;
const MAX_DELAY_MS = 100;
const MIN_DELAY_MS = 1;
/** Number of pages without a delay after a reader had to wait, because readers tend to wait again soon. */
export const PAGES_WITHOUT_DELAY = 32;

/**
 * Waits after a page, in proportion to its number of events. Under load, the next page is then larger, and documents that several of its events
 * change are written once. Readers are never delayed: there is no delay while one needs a position that is not folded yet, and a delay ends as soon
 * as one does.
 */
export class BatchingDelay {
  readonly #clock: Pick<Clock, 'sleep'>;
  #wanted = -1n;
  #rests = 0;
  #wake: Signal | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  want(position: bigint): void {
    if (position <= this.#wanted) return;
    this.#wanted = position;
    this.#wake?.notify();
  }

  /** Waits after a page with this number of events, the last of which is at `folded`. */
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
