const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Only some locales have short names for a zone: CET is European, EST is American. */
const LOCALES = ['en-US', 'en-GB', 'en-AU'];

/** Formats a time in the zone of this terminal, such as `2026-11-30 14:32:05 CET`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const local = new Date(at - date.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zoneName(date)}`;
}

/** On a terminal, writes the instants in a text in its zone. Elsewhere they stay in UTC, for programs. */
export function localTimes(text: string): string {
  return process.stdout.isTTY ? text.replace(INSTANT, (instant) => localTime(Date.parse(instant))) : text;
}

/** Formats a time in a zone of the IANA database, such as `2026-11-30 14:32:05 CET`. */
export function zoneTime(at: number, timeZone: string): string {
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return `${time.format(at)} ${zoneName(new Date(at), timeZone)}`;
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
