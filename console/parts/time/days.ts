import { dateFormat } from './date-format.js';

/** A calendar day such as `2026-11-27`. As strings, days sort chronologically. */
export type Day = string;

const DAY_MS = 86_400_000;
/** A local day starts between 14 hours before and 12 hours after it does in UTC; a skipped day starts up to one day later. */
const EARLIEST_MS = 15 * 3_600_000;
const LATEST_MS = 37 * 3_600_000;
const DAYS_OF_A_WEEK = 7;

/** Returns the day of a moment in a time zone. */
export function dayOf(time: number, zone: string): Day {
  return dateFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(time);
}

/**
 * Returns the first moment of a day in a time zone, in milliseconds. It is found by binary search, because days have 23 to 25 hours, and a day
 * starts at one o'clock where the clocks change at midnight.
 */
export function startOfDay(day: Day, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let [before, after] = [midnight - EARLIEST_MS, midnight + LATEST_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle, zone) < day) before = middle;
    else after = middle;
  }
  return after;
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Returns the same day of a different month, or the last day of that month if it is shorter. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** Returns the weeks, starting on Monday, that contain any day of this day's month. */
export function weeksOfMonth(day: Day): readonly (readonly Day[])[] {
  const month = day.slice(0, 7);
  const first = `${month}-01`;
  const weeks: Day[][] = [];
  for (let monday = addDays(first, -weekday(first)); weeks.length === 0 || monday.startsWith(month);) {
    const start = monday;
    weeks.push(Array.from({ length: DAYS_OF_A_WEEK }, (_, index) => addDays(start, index)));
    monday = addDays(monday, DAYS_OF_A_WEEK);
  }
  return weeks;
}

/** Returns the day of the week, where 0 is Monday. */
function weekday(day: Day): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % DAYS_OF_A_WEEK;
}

/** Returns the day that a key moves to in a month view, or undefined if the key does not move. */
export function dayByKey(day: Day, key: string): Day | undefined {
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1);
    case 'ArrowRight':
      return addDays(day, 1);
    case 'ArrowUp':
      return addDays(day, -DAYS_OF_A_WEEK);
    case 'ArrowDown':
      return addDays(day, DAYS_OF_A_WEEK);
    case 'Home':
      return addDays(day, -weekday(day));
    case 'End':
      return addDays(day, DAYS_OF_A_WEEK - 1 - weekday(day));
    case 'PageUp':
      return addMonths(day, -1);
    case 'PageDown':
      return addMonths(day, 1);
    default:
      return undefined;
  }
}

const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Returns whether a string is a day that exists. */
export function isDay(text: string | undefined): text is Day {
  if (text === undefined || !IS_DAY.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
