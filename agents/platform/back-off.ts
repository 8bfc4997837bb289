import { backOff } from '#domain/kernel/back-off.js';

/** Exponential back-off with jitter in the upper half of each delay, so that agents do not all reconnect at the same time. */
export class BackOff {
  readonly #delayAfter: (failures: number) => number;
  #failures = 0;

  constructor(shortestMs: number, longestMs: number, random: () => number) {
    this.#delayAfter = backOff({ firstMs: shortestMs, mostMs: longestMs, jitter: { share: 0.5, random } });
  }

  /** Returns the delay before the next attempt, in milliseconds. */
  next(): number {
    this.#failures += 1;
    return this.#delayAfter(this.#failures);
  }

  reset(): void {
    this.#failures = 0;
  }
}
