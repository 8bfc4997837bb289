const DAY_MS = 24 * 3_600_000;

/**
 * The instant of a wall time. Wall times are milliseconds since 1970, as if the wall clock showed UTC. `ordinaryFrom`: the wall time from which each
 * wall time is a single instant again. Absent if this wall time already is one.
 */
export interface Moment {
  /** Milliseconds since 1970: the first instant if the wall time occurs twice, or the end of the gap if it is skipped. */
  readonly at: number;
  readonly ordinaryFrom?: number;
}

export interface Zone {
  readonly name: string;
  wallAt(instant: number): number;
  momentOf(wall: number): Moment;
  changeAfter(instant: number): ClockChange | undefined;
}

/** The offset from UTC, in milliseconds, is `before` until `at` and `after` from then on. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const UTC: Zone = {
  name: 'UTC',
  wallAt: (instant) => instant,
  momentOf: (wall) => ({ at: wall }),
  changeAfter: () => undefined,
};

const KNOWN = new Map<string, Zone>([['UTC', UTC]]);

/** Returns the zone with a name such as `Europe/Berlin`, or undefined if it is unknown. Offsets like `+02:00` are not accepted. */
export function zoneOf(name: string): Zone | undefined {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return undefined;
  let zone: Zone;
  try {
    zone = zoneBy(name, byDay(offsetsOf(name)));
  } catch {
    return undefined;
  }
  KNOWN.set(name, zone);
  return zone;
}

export const ZONE_PROBLEM = 'must be a name of the IANA time zone database, such as Europe/Berlin';

/** Java's abbreviations, which ICU still reads: BST as Bangladesh, AST as Alaska, NST as New Zealand. The IANA database has none of them. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

/** Returns whether a new schedule may use this zone. Existing schedules may have an abbreviation from an older release, and {@link zoneOf} reads it. */
export function isZoneName(name: string): boolean {
  const upper = name.toUpperCase();
  return !ABBREVIATIONS.has(upper) && !upper.startsWith('SYSTEMV/') && zoneOf(name) !== undefined;
}

function offsetsOf(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}

const MAX_CACHED_DAYS = 64;

/**
 * Caches the offsets at both ends of each day. If they are equal, the offset did not change in between, because clocks do not change twice within two
 * days.
 */
function byDay(offsetAt: (instant: number) => number): (instant: number) => number {
  const ends = new Map<number, number>();
  function endOf(day: number): number {
    let offset = ends.get(day);
    if (offset === undefined) {
      offset = offsetAt(day * DAY_MS);
      if (ends.size >= MAX_CACHED_DAYS) ends.clear();
      ends.set(day, offset);
    }
    return offset;
  }
  return (instant) => {
    const day = Math.floor(instant / DAY_MS);
    const offset = endOf(day);
    return offset === endOf(day + 1) ? offset : offsetAt(instant);
  };
}

function zoneBy(name: string, offsetAt: (instant: number) => number): Zone {
  function change(from: number, to: number): number {
    const old = offsetAt(from);
    let [before, after] = [from, to];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetAt(middle) === old) before = middle;
      else after = middle;
    }
    return after;
  }

  return {
    name,
    wallAt: (instant) => instant + offsetAt(instant),
    changeAfter(instant) {
      const [before, after] = [offsetAt(instant), offsetAt(instant + DAY_MS)];
      if (before === after) return undefined;
      // Clocks change at whole seconds, so the search can start at a whole second.
      return {
        at: change(Math.floor(instant / 1000) * 1000, Math.ceil((instant + DAY_MS) / 1000) * 1000),
        before,
        after,
      };
    },
    momentOf(wall) {
      // The days before and after are enough, because clocks do not change twice within two days.
      const [earlier, later] = [wall - DAY_MS, wall + DAY_MS];
      const [old, next] = [offsetAt(earlier), offsetAt(later)];
      if (old === next) return { at: wall - old };
      const changed = change(Math.floor(earlier / 1000) * 1000, Math.floor(later / 1000) * 1000);
      if (wall - old < changed)
        return wall >= changed + next ? { at: wall - old, ordinaryFrom: changed + old } : { at: wall - old };
      return wall < changed + next ? { at: changed, ordinaryFrom: changed + next } : { at: wall - next };
    },
  };
}
