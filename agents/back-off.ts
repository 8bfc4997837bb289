/** Exponential back-off with jitter in the upper half of each delay, so that agents do not reconnect all at once. */
export class BackOff {
  #attempt = 0;

  constructor(
    private readonly shortestMs: number,
    private readonly longestMs: number,
    private readonly random: () => number,
  ) {}

  /** Returns the delay before the next attempt, in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.longestMs, this.shortestMs * 2 ** this.#attempt);
    if (ceiling < this.longestMs) this.#attempt += 1;
    return ceiling / 2 + (this.random() * ceiling) / 2;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
