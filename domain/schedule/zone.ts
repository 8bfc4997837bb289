/** Milliseconds. The longest that clocks of one place were ever apart from UTC, with room. */
const DAY_MS = 24 * 3_600_000;

/**
 * Where a time of the clock on the wall falls. A wall time is written as milliseconds since 1970 as if the wall showed UTC.
 * `ordinaryFrom` is the wall time from which each wall time is one instant again; absent where this one is already.
 */
export interface Moment {
  /** The instant, in milliseconds since 1970: the first where the wall time comes twice, the end of the gap where it does not come at all. */
  readonly at: number;
  readonly ordinaryFrom?: number;
}

/** The clock on the wall of one time zone of the IANA database, as this Node knows it. */
export interface Zone {
  readonly name: string;
  /** What the wall shows at an instant. */
  wallAt(instant: number): number;
  momentOf(wall: number): Moment;
  /** The change of its clock in the day that follows an instant; undefined: there is none. */
  changeAfter(instant: number): ClockChange | undefined;
}

/** A change of the clock on the wall. What it shows is ahead of UTC by `before` until `at`, and by `after` from then on, in milliseconds. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const UTC: Zone = { name: 'UTC', wallAt: (instant) => instant, momentOf: (wall) => ({ at: wall }), changeAfter: () => undefined };

const KNOWN = new Map<string, Zone>([['UTC', UTC]]);

/** The zone of a name of the IANA database, `Europe/Berlin`; undefined where there is none. Offsets like `+02:00` are none. */
export function zoneOf(name: string): Zone | undefined {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return undefined;
  let zone: Zone;
  try {
    zone = zoneBy(name, byDay(offsetsOf(name)));
  } catch {
    // The one way in which Intl says that it has no such zone.
    return undefined;
  }
  // Bounded: there are some 600 names.
  KNOWN.set(name, zone);
  return zone;
}

/** How far the wall is ahead of UTC at an instant, in milliseconds. Throws RangeError where there is no such zone. */
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

/** Days whose ends are remembered. */
const MAX_CACHED_DAYS = 64;

/** The same, asked once for each end of a day: where both ends agree, nothing changed between, because clocks are not set twice within two days. */
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
  /** The first instant of another offset, between one of the old and one of the new. */
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
      // Clocks are set at whole seconds, so what is searched may begin at one.
      return { at: change(Math.floor(instant / 1000) * 1000, Math.ceil((instant + DAY_MS) / 1000) * 1000), before, after };
    },
    momentOf(wall) {
      // The day before and the day after: clocks are not set twice within two days.
      const [earlier, later] = [wall - DAY_MS, wall + DAY_MS];
      const [old, next] = [offsetAt(earlier), offsetAt(later)];
      if (old === next) return { at: wall - old };
      const changed = change(Math.floor(earlier / 1000) * 1000, Math.floor(later / 1000) * 1000);
      // By the old clock, while it is in force; it then goes on to `changed + old` on the wall, where the new one shows `changed + next`.
      if (wall - old < changed) return wall >= changed + next ? { at: wall - old, ordinaryFrom: changed + old } : { at: wall - old };
      return wall < changed + next ? { at: changed, ordinaryFrom: changed + next } : { at: wall - next };
    },
  };
}
