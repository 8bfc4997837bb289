import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';

/** Wakes a waiter to check for changes. If nothing is waiting, the notification is stored for the next waiter. */
export class Signal {
  #rung = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits for a notification, for at most `ms` milliseconds (without a limit if undefined), or until `signal` aborts. */
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
