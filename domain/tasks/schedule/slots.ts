import type { Pattern } from './pattern.js';
import type { ClockChange, Zone } from './zone.js';

/** Instants are in milliseconds since 1970. */
export interface Schedule {
  readonly pattern?: Pattern;
  readonly zone: Zone;
  readonly runAt?: number;
  readonly startAt?: number;
  readonly endAt?: number;
}

/**
 * Yields the slots after an instant, in order. A pattern with fixed hours fires once for each wall time. A time that is skipped when clocks are set
 * forward fires at the first instant after the gap, together with all other times in the gap. A time that occurs twice fires only the first time.
 * Interval patterns fire at every matching wall time, including repeated ones. If an interval of several hours would lose a firing in the gap and no
 * later firing would make up for it, it fires at the end of the gap, so that no interval becomes longer.
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

export function nextSlot(schedule: Schedule, after: number): number | undefined {
  return slotsAfter(schedule, after).next().value ?? undefined;
}

const DAY_MS = 86_400_000;
const FIRST_SPAN_MS = 60_000;

/**
 * Returns the latest slot in the half-open range (after, until], or undefined if there is none. It searches spans that end at `until`, doubling their
 * length, so the cost does not depend on the length of the range.
 */
export function newestSlot(schedule: Schedule, after: number, until: number): number | undefined {
  for (let span = FIRST_SPAN_MS; ; span *= 2) {
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
  if (pattern !== undefined)
    yield* pattern.hours === 'fixed' ? fixedSlots(pattern, zone, after) : intervalSlots(pattern, zone, after);
}

function* fixedSlots(pattern: Pattern, zone: Zone, after: number): Generator<number, void, undefined> {
  let last = after;
  let wall = pattern.next(zone.wallAt(after));
  while (wall !== undefined) {
    const { at, ordinaryFrom } = zone.momentOf(wall);
    if (at > last) yield (last = at);
    else if (ordinaryFrom !== undefined) wall = ordinaryFrom - 1;
    wall = pattern.next(wall);
  }
}

function* intervalSlots(pattern: Pattern, zone: Zone, after: number): Generator<number, void, undefined> {
  let last = after;
  let wall = zone.wallAt(after);
  for (let next = pattern.next(wall); next !== undefined; next = pattern.next(wall)) {
    const change = zone.changeAfter(last);
    if (change !== undefined && next - change.before >= change.at) {
      const [from, lost] = [change.at + change.after, next];
      const fires =
        pattern.next(from - 1) === from ||
        (lost < from && pattern.hours === 'interval' && !firesAfterGap(pattern, lost, change));
      if (fires) yield change.at;
      [last, wall] = [change.at, from];
      continue;
    }
    const soon = next - wall <= DAY_MS;
    const at = soon ? last + next - wall : zone.momentOf(next).at;
    if (!soon && zone.wallAt(at) !== next) {
      [last, wall] = [at - 1, zone.wallAt(at - 1)];
      continue;
    }
    yield (last = at);
    wall = next;
  }
}

/** Returns whether a skipped wall time fires anyway, at the time to which the clocks are set. */
function firesAfterGap(pattern: Pattern, lost: number, { before, after }: ClockChange): boolean {
  const instead = lost + after - before;
  return pattern.next(instead - 1) === instead;
}
