import type { Clock } from '#domain/kernel/ports/clock.js';

/** Limits a cache by its number of entries. Each entry has size 1, because the option `max` would allocate all memory up front. */
export function maxEntries(entries: number): {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
} {
  return { maxSize: entries, sizeCalculation: () => 1 };
}

/** Makes the entries of a cache expire by this clock. The cache interprets time 0 as "not set", so its clock starts at 1. */
export function expiryClock(clock: Pick<Clock, 'monotonic'>): {
  readonly ttlResolution: number;
  readonly perf: { now(): number };
} {
  return { ttlResolution: 0, perf: { now: () => 1 + clock.monotonic() } };
}
