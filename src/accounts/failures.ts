import { LRUCache } from 'lru-cache';
import { backOff } from '#domain/kernel/back-off.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { maxEntries } from '#src/engine/cache-options.js';

const CACHE = maxEntries(100_000);
/** Maximum number of failures counted for a name, as a multiple of the bound. */
const TIMES = 8;
const backOffMs = backOff({ firstMs: 250, mostMs: 8_000 });

export interface FailureBounds {
  readonly bound: number;
  readonly withinMs: number;
}

/**
 * Counts failed logins per name, whether or not the name exists, in a sliding window. A name is blocked for the failing address and only slowed down
 * for others, so that no attacker can lock out an account. An address with an earlier successful login is slowed down but never blocked.
 */
export class Failures {
  readonly #times = new LRUCache<string, readonly number[]>(CACHE);
  readonly #known = new LRUCache<string, true>(CACHE);

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly options: FailureBounds,
  ) {}

  /** Returns the delay before a password is checked, in milliseconds. Throws `MUSTER_E_RATE_LIMITED` if the name is blocked for the address. */
  delayOf(name: string, address: string): number {
    const { bound, withinMs } = this.options;
    const place = placeOf(name, address);
    const own = this.#recent(place);
    if (this.#known.get(place) === true) return slowness(own.length - bound);
    const oldest = own.at(-bound);
    if (oldest === undefined) return slowness(Math.floor((this.#recent(name).length - bound) / bound));
    const left = oldest + withinMs - this.clock.monotonic();
    throw new MusterError('MUSTER_E_RATE_LIMITED', {
      what: 'failed logins',
      retryAfter: Math.max(1, Math.ceil(left / 1000)),
    });
  }

  failed(name: string, address: string): void {
    for (const key of [name, placeOf(name, address)])
      this.#times.set(key, [...this.#recent(key), this.clock.monotonic()].slice(-TIMES * this.options.bound));
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

/** Unambiguous, because a name is a digest in hexadecimal. */
function placeOf(name: string, address: string): string {
  return `${name} ${address}`;
}

function slowness(steps: number): number {
  return steps < 0 ? 0 : backOffMs(steps + 1);
}
