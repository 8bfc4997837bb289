/** Growing pauses with full jitter over their upper half, so that agents do not come back all at once. */
export class BackOff {
  #attempt = 0;

  constructor(
    private readonly shortestMs: number,
    private readonly longestMs: number,
    /** In [0, 1). */
    private readonly random: () => number,
  ) {}

  /** Milliseconds until the next attempt. */
  next(): number {
    const ceiling = Math.min(this.longestMs, this.shortestMs * 2 ** this.#attempt);
    if (ceiling < this.longestMs) this.#attempt += 1;
    return ceiling / 2 + (this.random() * ceiling) / 2;
  }

  /** After a success. */
  reset(): void {
    this.#attempt = 0;
  }
}
