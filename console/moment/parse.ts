/** A log position, a time (RFC 3339, in UTC), or an explanation of why the input is neither. */
export type Moment = { readonly position: string } | { readonly time: string } | { readonly problem: string };

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const HELP = 'Enter a time such as 14:32, yesterday 14:05 or -15m, or a position such as #18204.';

/**
 * Parses `#18204`, `18204`, `-15m`, `-1h30m`, `14:32`, `yesterday 14:05`, `2026-11-20 14:05`, or RFC 3339.
 * Times without a zone are in the zone that the console displays. A time of day that is still to come means yesterday.
 */
export function parseMoment(text: string, now: Date, utc: boolean): Moment {
  const typed = text.trim().toLowerCase();
  const position = /^#?\s?(\d[\d\s_,]*)$/.exec(typed)?.[1]?.replace(/\D/g, '');
  if (position !== undefined) return { position: position.replace(/^0+(?=\d)/, '') };
  const back = /^-\s?((?:\d+\s?[smhdw]\s?)+)(?:ago)?$/.exec(typed)?.[1];
  if (back !== undefined) return before(back, now);
  const clock =
    /^(?:(today|yesterday|\d{4}-\d{2}-\d{2})[ t]?)?\s*(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/.exec(
      typed,
    );
  if (clock !== null && typed !== '') return wallClock(clock, now, utc);
  const exact = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}/.test(typed) ? new Date(text.trim()) : undefined;
  if (exact !== undefined && !Number.isNaN(exact.getTime())) return known(exact, now);
  return { problem: HELP };
}

function before(parts: string, now: Date): Moment {
  let seconds = 0;
  for (const [, amount = '', unit = ''] of parts.matchAll(/(\d+)\s?([smhdw])/g))
    seconds += Number(amount) * (UNITS[unit] ?? 0);
  return known(new Date(now.getTime() - seconds * 1000), now);
}

function wallClock([, day, hours, minutes, seconds]: RegExpExecArray, now: Date, utc: boolean): Moment {
  const [hour, minute, second] = [hours ?? '0', minutes ?? '0', seconds ?? '0'].map(Number) as [
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return { problem: 'Invalid time of day.' };
  const [year, month, date] = dayOf(day, now, utc);
  const at = (offset: number): Date =>
    utc
      ? new Date(Date.UTC(year, month, date + offset, hour, minute, second))
      : new Date(year, month, date + offset, hour, minute, second);
  const time = at(0);
  return day === undefined && time > now ? known(at(-1), now) : known(time, now);
}

function dayOf(
  day: string | undefined,
  now: Date,
  utc: boolean,
): [year: number, month: number, date: number] {
  if (day !== undefined && /^\d/.test(day)) {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return [year, month - 1, date];
  }
  const back = day === 'yesterday' ? 1 : 0;
  return utc
    ? [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - back]
    : [now.getFullYear(), now.getMonth(), now.getDate() - back];
}

function known(time: Date, now: Date): Moment {
  if (Number.isNaN(time.getTime())) return { problem: HELP };
  return time > now ? { problem: 'The time is in the future.' } : { time: time.toISOString() };
}
