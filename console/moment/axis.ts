/** Time range that the track shows, in milliseconds since the epoch. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Returns the place of a time on the axis, from 0 to 1. */
export function placeOf(time: number, { from, to }: Axis): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (time - from) / (to - from)));
}

export function timeAt(place: number, { from, to }: Axis): number {
  return from + Math.min(1, Math.max(0, place)) * (to - from);
}

export interface Tick {
  readonly position: string;
  readonly place: number;
}

/** Returns the tick nearest to a place, or undefined if none is within the distance. */
export function nearest(ticks: readonly Tick[], place: number, distance: number): Tick | undefined {
  let found: Tick | undefined;
  let least = distance;
  for (const tick of ticks) {
    const away = Math.abs(tick.place - place);
    if (away <= least) {
      found = tick;
      least = away;
    }
  }
  return found;
}
