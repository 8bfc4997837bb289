import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { maxEntries } from '#src/engine/cache-options.js';

const CACHE = maxEntries(50_000);

/**
 * Token bucket per name, refilled evenly over each minute. A caller without tokens only has to wait for the next token, so users who share an address
 * are slowed down together but never locked out.
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

/** Returns the key for rate limits: an IPv4 address, or the /64 network of an IPv6 address, since a single client can use a whole /64. */
export function addressKey(address: string): string {
  if (isIP(address) === 0) return address;
  const plain = ipaddr.process(address);
  return plain instanceof ipaddr.IPv4
    ? plain.toString()
    : plain.parts
        .slice(0, 4)
        .map((word) => word.toString(16))
        .join(':');
}
