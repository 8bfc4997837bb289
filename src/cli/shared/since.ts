import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Failure } from './failure.js';
import { momentOf } from './moment.js';

/** Parses `--since`, or another option, to milliseconds since the epoch. Accepts the times that {@link momentOf} accepts. */
export function timeOf(text: string, option = '--since'): number {
  // A date without a time means the start of that day in UTC.
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text);
  const moment = momentOf(option, text, systemClock.now());
  if (/^\d+$/.test(moment)) throw new Failure(`${option} ${text}: must be a time; use --from for a position`);
  return Date.parse(moment);
}
