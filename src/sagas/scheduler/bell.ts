import type { Clock } from '#domain/ports/clock.js';
import type { StopSignal } from '#domain/ports/signal.js';

/** Wakes whoever waits: something may have changed, look again. A ring that nobody hears is kept for the next who waits. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until it is rung, `ms` have passed, or the signal aborts. */
  async wait(clock: Clock, ms: number | undefined, signal: StopSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const over = new AbortController();
      const stop = (): void => this.ring();
      signal.addEventListener('abort', stop, { once: true });
      const rung = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await (ms === undefined ? rung : Promise.race([rung, clock.sleep(ms, over.signal)]));
      over.abort();
      this.#wake = undefined;
      signal.removeEventListener('abort', stop);
    }
    this.#rung = false;
  }
}
