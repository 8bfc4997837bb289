import { systemClock } from '#agents/clock/system-clock.js';
import { Failure } from './failure.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `--since` to milliseconds since the epoch: a duration such as `10m` back from now, or an ISO 8601 time. */
export function timeOf(text: string): number {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return systemClock.now() - Number(amount) * UNITS[unit as keyof typeof UNITS];
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Failure(
      `--since ${text}: must be a time such as 2026-11-20T08:00:00Z, or relative such as 90s, 10m, 2h, 1d`,
    );
  return time;
}
