import { textHash } from '../text-hash.js';
import { parsePattern, zoneOf, type Schedule } from '../schedule/index.js';
import type { Timing } from './definition.js';

/** What is wrong with a timing: its field, and the rule. */
export interface TimingProblem {
  readonly field: keyof Timing;
  readonly problem: string;
}

/** When a task is due, of what its definition says. */
export function scheduleOf({ pattern, timezone, runAt, startAt, endAt }: Timing): Schedule | TimingProblem {
  const zone = zoneOf(timezone);
  if (zone === undefined) return { field: 'timezone', problem: 'must be a name of the IANA time zone database, such as Europe/Berlin' };
  const parsed = pattern === undefined ? undefined : parsePattern(pattern);
  if (parsed !== undefined && 'problem' in parsed) return { field: 'pattern', problem: parsed.problem };
  return {
    zone,
    ...(parsed !== undefined && { pattern: parsed }),
    ...(runAt !== undefined && { runAt }),
    ...(startAt !== undefined && { startAt }),
    ...(endAt !== undefined && { endAt }),
  };
}

/** How far behind its slot a run begins, in milliseconds: less than the jitter, and always the same of a slot. */
export function jitterOf(taskId: number, slot: number, jitterSeconds: number): number {
  return Math.floor((textHash(`${taskId} ${slot}`) / 2 ** 32) * jitterSeconds * 1000);
}
