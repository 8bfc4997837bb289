/** Milliseconds of each unit of a duration, the longest first. A year has 365 days. */
export const UNIT_MS = {
  y: 365 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
} as const;

/** Parses a duration such as `90s`, `10m`, `2h`, `30d` or `1y` to milliseconds. Returns undefined if it is none. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})([smhdy])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
