import type { Clock } from '#domain/kernel/ports/clock.js';

/** Options of a cache with a maximum number of entries: each has size 1, because `max` would allocate all memory at once. */
export function maxEntries(entries: number): {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
} {
  return { maxSize: entries, sizeCalculation: () => 1 };
}

/** Options of a cache whose entries expire by the clock. The cache takes time 0 for "none", so its time begins at 1. */
export function expiryClock(clock: Pick<Clock, 'monotonic'>): {
  readonly ttlResolution: number;
  readonly perf: { now(): number };
} {
  return { ttlResolution: 0, perf: { now: () => 1 + clock.monotonic() } };
}
