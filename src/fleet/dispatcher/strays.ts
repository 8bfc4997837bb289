import { backOff } from '#domain/dispatch/next-step.js';
import type { Delays } from './options.js';

/** A stray that was told to stop is not told again for so long, twice as long each time. */
const PAUSE: Delays = { first: 30_000, most: 3_600_000 };
const MOST = 1000;
const ALLOCATION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

interface Noticed {
  /** How often it was told to stop. */
  readonly times: number;
  /** Monotonic milliseconds: it is not told again before. */
  readonly notBefore: number;
}

const UNNOTICED: Noticed = { times: 0, notBefore: 0 };

/** Allocations that an agent reported and that are not placed on its node. */
export class Strays {
  readonly #noticed = new Map<string, Noticed>();

  /** Whether it is to be told to stop now. What can be no allocation's id is let be. */
  notice(allocationId: string, now: number): boolean {
    if (!ALLOCATION_ID.test(allocationId)) return false;
    const { times, notBefore } = this.#noticed.get(allocationId) ?? UNNOTICED;
    if (now < notBefore) return false;
    // One that is told again is the newest.
    this.#noticed.delete(allocationId);
    const [oldest] = this.#noticed.size >= MOST ? this.#noticed.keys() : [];
    if (oldest !== undefined) this.#noticed.delete(oldest);
    this.#noticed.set(allocationId, { times: times + 1, notBefore: now + backOff(times + 1, PAUSE.first, PAUSE.most) });
    return true;
  }

  has(allocationId: string): boolean {
    return this.#noticed.has(allocationId);
  }

  clear(): void {
    this.#noticed.clear();
  }
}
