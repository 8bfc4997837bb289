import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { maxEntries } from '#src/engine/cache-options.js';

const CACHE = maxEntries(50_000);

/**
 * Token bucket per name, refilled evenly each minute. A caller without tokens waits only for the next one, so that those who share an address are
 * slowed down together and nobody is locked out.
 */
export class RateLimit {
  readonly #buckets = new LRUCache<string, { readonly tokens: number; readonly at: number }>(CACHE);

  constructor(
    private readonly clock: Clock,
    private readonly perMinute: number,
    private readonly what: string,
  ) {}

  take(name: string): void {
    const now = this.clock.monotonic();
    const rate = this.perMinute / 60_000;
    const known = this.#buckets.get(name);
    const tokens =
      known === undefined ? this.perMinute : Math.min(this.perMinute, known.tokens + (now - known.at) * rate);
    this.#buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    if (tokens < 1)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: this.what,
        retryAfter: Math.max(1, Math.ceil((1 - tokens) / rate / 1000)),
      });
  }
}

/** Returns the unit of rate limits: an IPv4 address, or the network of an IPv6 one, since every client has 2^64 of those. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const words = [
    ...left,
    ...new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'),
    ...right,
  ];
  return words
    .slice(0, 4)
    .map((word) => Number.parseInt(word, 16).toString(16))
    .join(':');
}
