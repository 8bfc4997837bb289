/** A stray that was told to stop is not told again for so many milliseconds. */
const PAUSE = 30_000;
const MOST = 1000;
const ALLOCATION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Allocations that an agent reported and that are not placed on its node. */
export class Strays {
  /** Monotonic milliseconds at which each was noticed. */
  readonly #noticed = new Map<string, number>();

  /** Whether it is to be told to stop now. What can be no allocation's id is let be. */
  notice(allocationId: string, now: number): boolean {
    if (!ALLOCATION_ID.test(allocationId)) return false;
    if (now - (this.#noticed.get(allocationId) ?? -Infinity) < PAUSE) return false;
    const [oldest] = this.#noticed.size >= MOST ? this.#noticed.keys() : [];
    if (oldest !== undefined) this.#noticed.delete(oldest);
    this.#noticed.set(allocationId, now);
    return true;
  }

  has(allocationId: string): boolean {
    return this.#noticed.has(allocationId);
  }

  clear(): void {
    this.#noticed.clear();
  }
}
