import type { ReadSpan } from '#src/engine/event-store/index.js';

/** The position of a request, and the range of positions over which its response is the same. */
export class Moment implements ReadSpan {
  #from = -1n;
  #until: bigint | undefined;
  readonly #lacks = new Set<string>();

  /** @param time write time of the newest event up to the position, in milliseconds since the epoch */
  constructor(
    readonly position: bigint,
    readonly time: number,
  ) {}

  include(position: bigint, next: bigint | undefined): void {
    if (position > this.#from) this.#from = position;
    if (next !== undefined && (this.#until === undefined || next < this.#until)) this.#until = next;
  }

  /** Limits the response to this position, because the response depends on the time itself. */
  dependOnTime(): void {
    this.include(this.position, this.position + 1n);
  }

  /** Records that the response has no value for this field, because the value is not in the log. */
  lack(field: string): void {
    this.#lacks.add(field);
  }

  get from(): bigint {
    return this.#from < 0n ? 0n : this.#from;
  }

  /** The first position at which the response may differ, or undefined if there is none yet. */
  get until(): bigint | undefined {
    return this.#until;
  }

  get lacks(): readonly string[] {
    return [...this.#lacks].sort();
  }
}
