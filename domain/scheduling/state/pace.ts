const SECOND_MS = 1000;

/**
 * Limits how many runs that waited start together, for example when the only node for them appears. A run that takes the place of an ended one is
 * not limited, so a cluster at its capacity loses nothing. Like the agenda, it is not state.
 */
export class Pace {
  /** Maximum number of starts per second, in addition to those that replace ended runs. */
  limit = Number.POSITIVE_INFINITY;
  #since = Number.NEGATIVE_INFINITY;
  #left = 0;
  #due: number | undefined;

  get isLimited(): boolean {
    return this.limit !== Number.POSITIVE_INFINITY;
  }

  /** When held runs are due, in milliseconds since the epoch. */
  get due(): number | undefined {
    return this.#due;
  }

  /** Returns whether a run that waited has to wait for the next second. */
  holds(now: number): boolean {
    if (now < this.#since || now >= this.#since + SECOND_MS) {
      this.#since = now;
      this.#left = this.limit;
    }
    if (this.#left > 0) return false;
    this.#due = this.#since + SECOND_MS;
    return true;
  }

  takeDue(now: number): boolean {
    if (this.#due === undefined || this.#due > now) return false;
    this.#due = undefined;
    return true;
  }

  started(): void {
    this.#left -= 1;
  }

  ended(): void {
    this.#left += 1;
  }
}
