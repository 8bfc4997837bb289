import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';

/** Wakes waiters to check for changes. A signal without a waiter is stored for the next one. */
export class Signal {
  #rung = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits for a signal, for `ms`, or until the signal aborts. */
  async wait(clock: Pick<Clock, 'sleep'>, ms: number | undefined, signal: StopSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const stop = (): void => this.notify();
      signal.addEventListener('abort', stop, { once: true });
      const rung = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await (ms === undefined ? rung : atMost(rung, clock, ms));
      this.#wake = undefined;
      signal.removeEventListener('abort', stop);
    }
    this.#rung = false;
  }
}

async function atMost(rung: Promise<void>, clock: Pick<Clock, 'sleep'>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([rung, clock.sleep(ms, over.signal)]);
  over.abort('rung');
}
