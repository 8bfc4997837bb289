import type { Pattern } from './pattern.js';
import type { ClockChange, Zone } from './zone.js';

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
 * The slots after an instant, in order: the moments at which a schedule fires, each once.
 *
 * A pattern that lists its hours fires once for each wall time that it names: one that does not come (clocks are put forward) fires at the first
 * instant after the gap, together with all others of the gap; one that comes twice (clocks are put back) fires the first time. A pattern that means
 * an interval goes on: it fires whenever the wall shows a time that it names, also for the second time. Where only some hours are meant, and the
 * gap hides one that nothing later stands for, it fires at the end of the gap too, so that no interval grows.
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

const DAY_MS = 86_400_000;
/** Milliseconds of the first span that is searched for a newest slot. */
const FIRST_SPAN_MS = 60_000;

/**
 * The newest slot in a span, from behind `after` to `until` itself; undefined where there is none. However long nobody looked, it costs no more
 * than a few slots: spans that end at `until` are searched, each twice as long as the one before.
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
  if (pattern !== undefined) yield* pattern.hours === 'fixed' ? fixedSlots(pattern, zone, after) : intervalSlots(pattern, zone, after);
}

function* fixedSlots(pattern: Pattern, zone: Zone, after: number): Generator<number, void, undefined> {
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

function* intervalSlots(pattern: Pattern, zone: Zone, after: number): Generator<number, void, undefined> {
  let last = after;
  let wall = zone.wallAt(after);
  for (let next = pattern.next(wall); next !== undefined; next = pattern.next(wall)) {
    const change = zone.changeAfter(last);
    if (change !== undefined && next - change.before >= change.at) {
      // The clock is set before its hands would get there: from then on it is read anew.
      const [from, lost] = [change.at + change.after, next];
      const fires = pattern.next(from - 1) === from || (lost < from && pattern.hours === 'interval' && !firesAfterGap(pattern, lost, change));
      if (fires) yield change.at;
      [last, wall] = [change.at, from];
      continue;
    }
    const soon = next - wall <= DAY_MS;
    const at = soon ? last + next - wall : zone.momentOf(next).at;
    if (!soon && zone.wallAt(at) !== next) {
      // It lies in a gap: what that does is seen from shortly before.
      [last, wall] = [at - 1, zone.wallAt(at - 1)];
      continue;
    }
    yield (last = at);
    wall = next;
  }
}

/** Whether a wall time that does not come fires nevertheless, by the time that the new clock shows in its place. */
function firesAfterGap(pattern: Pattern, lost: number, { before, after }: ClockChange): boolean {
  const instead = lost + after - before;
  return pattern.next(instead - 1) === instead;
}
