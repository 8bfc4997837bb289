const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/** Parses a duration in Go's notation (`1m30s`, `500ms`), or a number of nanoseconds. Returns undefined if it is invalid. */
export function durationSeconds(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value / 1e9 : undefined;
  if (typeof value !== 'string') return undefined;
  if (value === '0') return 0;
  if (value.length > 64 || value.replace(PART, '') !== '' || value === '') return undefined;
  const seconds = [...value.matchAll(PART)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit!] ?? 0),
    0,
  );
  // Rounded to microseconds, because sums of decimal fractions are inexact.
  return Math.round(seconds * 1e6) / 1e6;
}
