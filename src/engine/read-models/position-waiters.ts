import type { Clock } from '#domain/ports/clock.js';
import type { ChangedModels } from './engine.js';

interface Waiter {
  readonly position: bigint;
  readonly done: (reached: boolean) => void;
}

/** Without a reason, each wait that ends would make an error with its stack, for nobody. */
const OVER = 'over';

/** Who waits for which position. */
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

  /** The position moved, or documents changed; it may also fall, when the models begin anew. */
  reached(position: bigint, changed: ChangedModels): void {
    if (position === this.#position && changed !== 'any' && changed.size === 0) return;
    this.#position = position;
    for (const waiter of this.#waiting) if (waiter.position <= position) waiter.done(true);
    for (const listener of this.#listeners) listener(changed);
  }

  /** Calls the listener each time that the position has moved or documents have changed, with the models whose; answers what ends that. */
  onMoved(listener: (changed: ChangedModels) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** True once the position is reached, false after `timeoutMs` without. */
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

  /** Nothing more will be reached. */
  close(): void {
    for (const waiter of this.#waiting) waiter.done(false);
  }
}
