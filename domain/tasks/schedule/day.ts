import type { Zone } from './zone.js';

const DAY_MS = 86_400_000;

export function dayAt(zone: Zone, instant: number): { readonly from: number; readonly to: number } {
  const midnight = Math.floor(zone.wallAt(instant) / DAY_MS) * DAY_MS;
  return { from: zone.momentOf(midnight).at, to: zone.momentOf(midnight + DAY_MS).at };
}
