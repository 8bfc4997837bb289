import { textHash } from '../../kernel/text-hash.js';
import { dayFieldsOf, parsePattern, zoneOf, ZONE_PROBLEM, type Schedule } from '../schedule/index.js';
import type { Timing } from './definition.js';

export interface TimingProblem {
  readonly field: keyof Timing;
  readonly problem: string;
}

/** Returns the fields of a new timing for a pattern. `asked`: the rule that the user chose. The default is stored only where it differs from `or`. */
export function patternFields(pattern: string, asked?: 'and' | 'or'): Pick<Timing, 'pattern' | 'dayMatch'> {
  const dayMatch = asked ?? (dayFieldsOf(pattern, 'cron') === dayFieldsOf(pattern) ? undefined : 'cron');
  return { pattern, ...(dayMatch !== undefined && { dayMatch }) };
}

/** Returns the rule that a request must contain to keep the meaning of a timing, or undefined if it is the default. */
export function askedDayMatch({
  pattern = '',
  dayMatch,
}: Pick<Timing, 'pattern' | 'dayMatch'>): 'and' | 'or' | undefined {
  if (dayMatch !== undefined) return dayMatch === 'cron' ? undefined : dayMatch;
  return dayFieldsOf(pattern, 'cron') === dayFieldsOf(pattern) ? undefined : 'or';
}

/** @param zone with the times of another release of the data. Default: the zone that the timing names */
export function scheduleOf(
  { pattern, dayMatch, timezone, runAt, startAt, endAt }: Timing,
  zone = zoneOf(timezone),
): Schedule | TimingProblem {
  if (zone === undefined) return { field: 'timezone', problem: ZONE_PROBLEM };
  const parsed = pattern === undefined ? undefined : parsePattern(pattern, dayMatch);
  if (parsed !== undefined && 'problem' in parsed) return { field: 'pattern', problem: parsed.problem };
  return {
    zone,
    ...(parsed !== undefined && { pattern: parsed }),
    ...(runAt !== undefined && { runAt }),
    ...(startAt !== undefined && { startAt }),
    ...(endAt !== undefined && { endAt }),
  };
}

/** Returns the run's delay in milliseconds: less than the jitter, and always the same for a slot. */
export function jitterOf(taskId: number, slot: number, jitterSeconds: number): number {
  return Math.floor((textHash(`${taskId} ${slot}`) / 2 ** 32) * jitterSeconds * 1000);
}
