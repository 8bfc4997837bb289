import { textHash } from '../../kernel/text-hash.js';
import { parsePattern, zoneOf, ZONE_PROBLEM, type Schedule } from '../schedule/index.js';
import type { Timing } from './definition.js';

export interface TimingProblem {
  readonly field: keyof Timing;
  readonly problem: string;
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
