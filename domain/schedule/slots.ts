import type { Pattern } from './pattern.js';
import type { Zone } from './zone.js';

/** When something fires. Instants are milliseconds since 1970. */
export interface Schedule {
  /** By the clock on the wall, in the zone; absent: once, at `runAt`. */
  readonly pattern?: Pattern;
  readonly zone: Zone;
  readonly runAt?: number;
  /** Nothing fires before. */
  readonly startAt?: number;
  /** Nothing fires after. */
  readonly endAt?: number;
}

/**
 * The slots after an instant, in order: the moments at which a schedule fires, each once. A wall time that does not come (clocks are put forward)
 * fires at the first instant that does, together with all others of that gap; one that comes twice (clocks are put back) fires the first time.
 */
export function* slotsAfter(schedule: Schedule, after: number): Generator<number, void, undefined> {
  const { runAt, startAt = -Infinity, endAt = Infinity } = schedule;
  let last = Math.max(after, startAt - 1);
  let runs = runAt !== undefined && runAt > last && runAt <= endAt ? runAt : undefined;
  for (const slot of patternSlots(schedule, last)) {
    if (runs !== undefined && runs <= slot) {
      yield runs;
      last = runs;
      runs = undefined;
    }
    if (slot > endAt) return;
    if (slot > last) yield slot;
  }
  if (runs !== undefined) yield runs;
}

/** The first slot after an instant; undefined where there is none. */
export function nextSlot(schedule: Schedule, after: number): number | undefined {
  return slotsAfter(schedule, after).next().value ?? undefined;
}

/** Milliseconds of the first span that is searched for a newest slot. */
const NEAR = 60_000;

/**
 * The newest slot in a span, from behind `after` to `until` itself; undefined where there is none. However long nobody looked, it costs no more
 * than a few slots: spans that end at `until` are searched, each twice as long as the one before.
 */
export function newestSlot(schedule: Schedule, after: number, until: number): number | undefined {
  for (let span = NEAR; ; span *= 2) {
    const from = Math.max(after, until - span);
    let newest: number | undefined;
    for (const slot of slotsAfter(schedule, from)) {
      if (slot > until) break;
      newest = slot;
    }
    if (newest !== undefined || from === after) return newest;
  }
}

function* patternSlots({ pattern, zone }: Schedule, after: number): Generator<number, void, undefined> {
  if (pattern === undefined) return;
  let last = after;
  let wall = pattern.next(zone.wallAt(after));
  while (wall !== undefined) {
    const { at, ordinaryFrom } = zone.momentOf(wall);
    if (at > last) yield (last = at);
    // Nothing more fires until wall times are ordinary again: of a gap one has fired, of an hour that comes twice all have.
    else if (ordinaryFrom !== undefined) wall = ordinaryFrom - 1;
    wall = pattern.next(wall);
  }
}
