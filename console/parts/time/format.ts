import { dateFormat } from './date-format.js';

const RELATIVE: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
];

/** Formats seconds as "3 m 12 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  const rest = Math.floor(seconds);
  if (rest < 60) return `${rest} s`;
  const first = RELATIVE.findIndex(([size]) => rest >= size);
  const [size, unit] = RELATIVE[first] ?? [60, 'm'];
  const [smaller, smallerUnit] = RELATIVE[first + 1] ?? [1, 's'];
  const whole = Math.floor(rest / size);
  const left = Math.floor((rest - whole * size) / smaller);
  return left === 0 || whole >= 10 ? `${whole} ${unit}` : `${whole} ${unit} ${left} ${smallerUnit}`;
}

/** Formats a time relative to another one, such as "4 s ago" or "in 2 h". */
export function relative(time: Date, from: Date): string {
  const seconds = (from.getTime() - time.getTime()) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds > 0 ? `${rounded(seconds)} ago` : `in ${rounded(-seconds)}`;
}

function rounded(seconds: number): string {
  for (const [size, unit] of RELATIVE) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.floor(seconds)} s`;
}

type Shape = 'day' | 'year' | 'clock' | 'exact';

const SHAPES: Readonly<Record<Shape, Intl.DateTimeFormatOptions>> = {
  day: { day: 'numeric', month: 'short' },
  year: { year: 'numeric' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  exact: {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  },
};

function formatted(time: Date, shape: Shape, utc: boolean): string {
  return dateFormat('en-GB', { ...SHAPES[shape], ...(utc ? { timeZone: 'UTC' } : {}) }).format(time);
}

/** Formats a time to the second, without the date if it is on the same day as `from`. `exact` always shows the date, milliseconds and time zone. */
export function absolute(time: Date, from: Date, utc: boolean, exact = false): string {
  const clock = formatted(time, exact ? 'exact' : 'clock', utc);
  const [day, year] = [formatted(time, 'day', utc), formatted(time, 'year', utc)];
  const sameYear = year === formatted(from, 'year', utc);
  if (!exact && sameYear && day === formatted(from, 'day', utc)) return clock;
  return `${day}${sameYear && !exact ? '' : ` ${year}`} ${clock}`;
}

/** Separates groups of three digits with narrow spaces. */
export function grouped(amount: number | string): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202F');
}

export function bytes(mebibytes: number): string {
  if (mebibytes >= 1024 * 1024) return `${(mebibytes / 1024 / 1024).toFixed(1)} TiB`;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.round(mebibytes)} MiB`;
}
