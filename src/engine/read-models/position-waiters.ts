import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';

interface Waiter {
  readonly position: bigint;
  readonly done: (reached: boolean) => void;
}

/** A constant reason, because without one each ended wait would create an error with a stack trace. */
const OVER = 'over';

export class PositionWaiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  readonly #listeners = new Set<(changed: ChangedModels) => void>();
  #position = -1n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get position(): bigint {
    return this.#position;
  }

  /** Must be called after the position or documents have changed. The position can also decrease when the models are rebuilt. */
  reached(position: bigint, changed: ChangedModels): void {
    if (position === this.#position && changed !== 'any' && changed.size === 0) return;
    this.#position = position;
    for (const waiter of this.#waiting) if (waiter.position <= position) waiter.done(true);
    for (const listener of this.#listeners) listener(changed);
  }

  /** Calls the listener with the changed models whenever the position or documents have changed. Returns a function that ends the subscription. */
  onMoved(listener: (changed: ChangedModels) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves to true once the position is reached, or to false after `timeoutMs`. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (position <= this.#position) return Promise.resolve(true);
    if (timeoutMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const stop = new AbortController();
      const waiter: Waiter = {
        position,
        done: (reached) => {
          if (!this.#waiting.delete(waiter)) return;
          stop.abort(OVER);
          resolve(reached);
        },
      };
      this.#waiting.add(waiter);
      void this.#clock.sleep(timeoutMs, stop.signal).then(() => {
        waiter.done(false);
      });
    });
  }

  close(): void {
    for (const waiter of this.#waiting) waiter.done(false);
  }
}
