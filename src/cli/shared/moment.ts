import { durationMs, UNIT_MS } from './duration.js';
import { Failure } from './failure.js';

const FORMS =
  'must be a time such as 14:32, "yesterday 14:32", "2026-11-20 14:32" or 2026-11-20T14:32:00Z, relative such as -2h, or a position such as "#18204" (in quotes: # begins a comment)';

/**
 * Converts a moment in a human-readable format to a position (a bare number) or an RFC 3339 time. Times without a zone are local. A time of day
 * without a date refers to its most recent occurrence.
 * @param option name of the option, for the error
 * @param now milliseconds since the epoch
 */
export function momentOf(option: string, text: string, now: number): string {
  const wrong = (problem: string): Failure => new Failure(`${option} ${text}: ${problem}`);
  const [, position] = /^#(\d{1,19})$/.exec(text) ?? [];
  if (position !== undefined) return position;
  const ago = durationMs(text.replace(/^-/, ''));
  if (ago !== undefined) {
    if (ago > now) throw wrong('is before 1970');
    return new Date(now - ago).toISOString();
  }
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i.test(text)) {
    const time = Date.parse(text);
    // Date.parse accepts 30 February.
    const [year, month, day] = text.split(/\D/, 3).map(Number);
    const isDay = new Date(Date.UTC(year!, month! - 1, day)).getUTCDate() === day;
    if (Number.isNaN(time) || !isDay) throw wrong('is not a time that exists');
    return new Date(time).toISOString();
  }
  const [, day = '', hour, minute, second = '0'] =
    /^(?:(today|yesterday|\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?$/i.exec(text) ?? [];
  if (hour === undefined) throw wrong(FORMS);
  const clock = [Number(hour), Number(minute), Number(second)] as const;
  const time = onDay(dayOf(day.toLowerCase(), now), clock);
  if (time === undefined) throw wrong('is not a time that exists on that day');
  const readings = sameClock(time);
  if (readings.length > 1)
    throw wrong(`occurs twice on that day: write ${readings.map(withOffset).join(' or ')}`);
  if (day !== '' || time <= now) return new Date(time).toISOString();
  const before = onDay(dayOf('yesterday', now), clock);
  if (before === undefined) throw wrong('is not a time that existed yesterday');
  return new Date(before).toISOString();
}

type Day = readonly [year: number, month: number, day: number];
type ClockTime = readonly [hour: number, minute: number, second: number];

function dayOf(text: string, now: number): Day {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year !== undefined) return [Number(year), Number(month) - 1, Number(day)];
  const today = new Date(now);
  const back = text === 'yesterday' ? 1 : 0;
  // Noon of the previous day exists in every time zone, regardless of clock changes.
  const noon =
    new Date(today.getFullYear(), today.getMonth(), today.getDate(), 12).getTime() - back * UNIT_MS.d;
  const date = new Date(noon);
  return [date.getFullYear(), date.getMonth(), date.getDate()];
}

/** Returns the first such local time of the day. Undefined if the clock skips it or the day does not exist. */
function onDay([year, month, day]: Day, [hour, minute, second]: ClockTime): number | undefined {
  const date = new Date(year, month, day, hour, minute, second);
  const told = [
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
  ];
  return told.every((part, index) => part === [year, month, day, hour, minute, second][index])
    ? date.getTime()
    : undefined;
}

function sameClock(time: number): readonly number[] {
  const told = (at: number): string => new Date(at).toString().slice(0, 24);
  const half = UNIT_MS.h / 2;
  return [time - UNIT_MS.h, time - half, time, time + half, time + UNIT_MS.h].filter(
    (at) => told(at) === told(time),
  );
}

function withOffset(time: number): string {
  const minutes = -new Date(time).getTimezoneOffset();
  const two = (part: number): string => String(Math.trunc(part)).padStart(2, '0');
  const local = new Date(time + minutes * UNIT_MS.m).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}
