import { systemClock } from '#agents/clock/system-clock.js';
import { Failure } from './failure.js';
import { wholeNumber } from './whole-number.js';

/** Which events are asked for, as the options say it. */
export interface EventsOptions {
  readonly job?: string;
  readonly stream?: string;
  readonly category?: string;
  readonly type?: string;
  readonly from?: string;
  readonly since?: string;
  readonly last?: string;
  readonly follow?: boolean;
}

/** The same, settled. */
export interface EventsWanted {
  readonly job?: string;
  readonly stream?: string;
  readonly category?: string;
  readonly type?: string;
  /** Exclusive. */
  readonly after?: bigint;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  /** Only so many, the newest. */
  readonly last?: number;
  readonly follow: boolean;
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Throws a {@link Failure} that names the option that makes no sense. */
export function settle({ from, since, last, follow, ...filters }: EventsOptions): EventsWanted {
  return {
    ...filters,
    ...(from !== undefined && { after: position(from) }),
    ...(since !== undefined && { since: timeOf(since) }),
    ...(last !== undefined && { last: wholeNumber(last, '-n') }),
    follow: follow === true,
  };
}

function position(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new Failure(`--from ${text}: must be a position, as the first column shows it`);
  return BigInt(text);
}

/** `10m` is ten minutes ago; else a time as ISO 8601 writes it. */
function timeOf(text: string): number {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return systemClock.now() - Number(amount) * UNITS[unit as keyof typeof UNITS];
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Failure(`--since ${text}: must be a time, as 2026-11-20T08:00:00Z, or how long ago, as 90s, 10m, 2h, 1d`);
  return time;
}
