import type { Zone } from './zone.js';

const DAY_MS = 86_400_000;

/** Returns the zone's calendar day of an instant as [from, to), in milliseconds since 1970. */
export function dayAt(zone: Zone, instant: number): { readonly from: number; readonly to: number } {
  const midnight = Math.floor(zone.wallAt(instant) / DAY_MS) * DAY_MS;
  return { from: zone.momentOf(midnight).at, to: zone.momentOf(midnight + DAY_MS).at };
}
