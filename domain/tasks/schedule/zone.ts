import { ZONE_DATA_VERSION, ZONES } from './generated/zone-data.js';

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
  let zone = KNOWN.get(name);
  if (zone !== undefined) return zone;
  const packed = PACKED.get(name.toLowerCase());
  const offsetAt = packed === undefined ? offsetsOfEngine(name) : offsetsOf(packed);
  if (offsetAt === undefined) return undefined;
  zone = zoneBy(name, offsetAt);
  KNOWN.set(name, zone);
  return zone;
}

export const ZONE_PROBLEM = 'must be a name of the IANA time zone database, such as Europe/Berlin';

/** Returns whether a new schedule may use this zone. */
export function isZoneName(name: string): boolean {
  return PACKED.has(name.toLowerCase());
}

/** Returns the version of a model that contains times in zones, which is built again with each release of the zone data: 8 and `2026f` give 8202606. */
export function withZoneData(version: number): number {
  const letters = Array.from(ZONE_DATA_VERSION.slice(4), (letter) => Number.parseInt(letter, 36) - 9);
  return (
    (version * 10_000 + Number(ZONE_DATA_VERSION.slice(0, 4))) * 100 +
    letters.reduce((sum, each) => sum + each, 0)
  );
}

const MINUTE_MS = 60_000;
const DATA_FROM = Date.UTC(2000, 0);
const PACKED = packedByName(ZONES);

function packedByName(zones: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(zones).flatMap(([packed, names]) =>
      names.split(' ').map((name) => [name.toLowerCase(), packed]),
    ),
  );
}

/** Returns the zones of another release of the data, in the form of the generated file, that have other times there, by their names in lower case. */
export function changedZones(zones: Readonly<Record<string, string>>): ReadonlyMap<string, Zone> {
  const changed = new Map<string, Zone>();
  for (const [name, packed] of packedByName(zones))
    if (PACKED.get(name) !== packed) changed.set(name, zoneBy(name, offsetsOf(packed)));
  return changed;
}

/** Returns the offsets from UTC, in milliseconds, of a zone of the data. Before 2000 and after 2069 they are those of the nearest change. */
function offsetsOf(packed: string): (instant: number) => number {
  const [offsets = '', indices = '', gaps = ''] = packed.split('|');
  const different = offsets.split(' ').map((offset) => Number(offset) * MINUTE_MS);
  const after = Array.from(indices, (index) => different[Number.parseInt(index, 36)] ?? 0);
  const changes: number[] = [];
  for (const gap of gaps === '' ? [] : gaps.split(' '))
    changes.push((changes.at(-1) ?? DATA_FROM) + Number.parseInt(gap, 36) * MINUTE_MS);
  return (instant) => {
    let [from, to] = [0, changes.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((changes[middle] ?? 0) <= instant) from = middle + 1;
      else to = middle;
    }
    return after[from] ?? 0;
  };
}

/** Returns the offsets of a name that only the JavaScript engine knows, as some that were accepted once, or undefined. */
function offsetsOfEngine(name: string): ((instant: number) => number) | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
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
  } catch {
    return undefined;
  }
  return (instant) => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(instant)) shown[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
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
