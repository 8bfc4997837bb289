const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Only some locales have short names for a zone: CET is European, EST is American. */
const LOCALES = ['en-US', 'en-GB', 'en-AU'];

/** Formats a time in the zone of this terminal, such as `2026-11-30 14:32:05 CET`. */
export function localTime(at: number): string {
  const date = new Date(at);
  return `${wallText(at - date.getTimezoneOffset() * 60_000)} ${zoneName(date)}`;
}

/** On a terminal, writes the instants in a text in its zone. Elsewhere they stay in UTC, for programs. */
export function localTimes(text: string): string {
  return process.stdout.isTTY ? text.replace(INSTANT, (instant) => localTime(Date.parse(instant))) : text;
}

/**
 * Returns a function that formats times in a zone of the IANA database, such as `2026-11-30 14:32:05 CET`, by the zone data that decides schedules. Node's
 * own data may be older: where it differs, the zone's short name may be wrong too, and its whole name is shown.
 */
export async function zoneTimes(timeZone: string): Promise<(at: number) => string> {
  const { zoneOf } = await import('#domain/tasks/schedule/zone.js');
  const zone = zoneOf(timeZone);
  return (at) => {
    if (zone === undefined) return `${wallText(at)} UTC`;
    const wall = wallText(zone.wallAt(at));
    return `${wall} ${wallOfNode(at, timeZone) === wall ? zoneName(new Date(at), timeZone) : timeZone}`;
  };
}

function wallText(wall: number): string {
  const text = new Date(wall).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

function wallOfNode(at: number, timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  } catch {
    // Node does not know the zone.
    return undefined;
  }
}

/** Returns the short name of a zone, by default that of this terminal, at a time. */
export function zoneName(date: Date, timeZone?: string): string {
  const names = LOCALES.map(
    (locale) =>
      new Intl.DateTimeFormat(locale, { timeZoneName: 'short', timeZone })
        .formatToParts(date)
        .find(({ type }) => type === 'timeZoneName')?.value ?? '',
  );
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? names[0]!;
}
