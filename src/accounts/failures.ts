import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import { keptAtMost } from '#src/engine/recently-used.js';

/** Names and addresses kept at once; the one that was used longest ago goes first. */
const KEPT = keptAtMost(100_000);
/** Failures of one name that are counted, as a multiple of those that slow it. */
const TIMES = 8;
/** Milliseconds that a slowed login waits: at first, and at most. */
const SLOW_MS = 250;
const SLOWEST_MS = 8_000;

export interface FailureBounds {
  /** So many failures of a name shut it for the address that they came from, and slow it for all others. */
  readonly bound: number;
  /** For so long. */
  readonly withinMs: number;
}

/**
 * Failed logins of each name, existing or not, in a sliding time. A name is shut for the address that fails, and slowed for all others: so nobody shuts another
 * out. From an address that has logged in to the account before it is slowed too, never shut.
 */
export class Failures {
  readonly #times = new LRUCache<string, readonly number[]>(KEPT);
  readonly #known = new LRUCache<string, true>(KEPT);

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly options: FailureBounds,
  ) {}

  /** Milliseconds to wait before a password is looked at. Throws `MUSTER_E_RATE_LIMITED` where the name is shut for the address. */
  delayOf(name: string, address: string): number {
    const { bound, withinMs } = this.options;
    const place = placeOf(name, address);
    const own = this.#recent(place);
    if (this.#known.get(place) === true) return slowness(own.length - bound);
    const oldest = own.at(-bound);
    if (oldest === undefined) return slowness(Math.floor((this.#recent(name).length - bound) / bound));
    const left = oldest + withinMs - this.clock.monotonic();
    throw new MusterError('MUSTER_E_RATE_LIMITED', { what: 'failed logins', retryAfter: Math.max(1, Math.ceil(left / 1000)) });
  }

  failed(name: string, address: string): void {
    for (const key of [name, placeOf(name, address)]) this.#times.set(key, [...this.#recent(key), this.clock.monotonic()].slice(-TIMES * this.options.bound));
  }

  succeeded(name: string, address: string): void {
    const place = placeOf(name, address);
    this.#times.delete(place);
    this.#known.set(place, true);
  }

  #recent(key: string): readonly number[] {
    const since = this.clock.monotonic() - this.options.withinMs;
    return (this.#times.get(key) ?? []).filter((time) => time > since);
  }
}

/** A name is a digest in hexadecimal, so nothing else is this text. */
function placeOf(name: string, address: string): string {
  return `${name} ${address}`;
}

/** Twice as long for each step; 0 below the first. */
function slowness(steps: number): number {
  return steps < 0 ? 0 : Math.min(SLOWEST_MS, SLOW_MS * 2 ** Math.min(steps, 16));
}
