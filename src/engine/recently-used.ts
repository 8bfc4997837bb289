import type { Clock } from '#domain/ports/clock.js';

/** Options of a cache that keeps so many: a size of 1 for each, and not a `max`, for which all room is made at once. */
export function keptAtMost(entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}

/** Options of a cache whose entries age by the clock. To the cache a time of 0 is none, so its time begins at 1. */
export function agedBy(clock: Pick<Clock, 'monotonic'>): { readonly ttlResolution: number; readonly perf: { now(): number } } {
  return { ttlResolution: 0, perf: { now: () => 1 + clock.monotonic() } };
}
