import { parseMoment } from '../moment/parse.js';
import type { Zone } from './action.js';

/** Parses a time such as `yesterday 14:05`, `-2d` or RFC 3339. Throws an error that explains the problem. */
export function readTime(text: string, { now, utc }: Zone): string {
  const moment = parseMoment(text, now, utc);
  if ('problem' in moment) throw new Error(moment.problem);
  if ('position' in moment) throw new Error('Enter a time, not a position.');
  return moment.time;
}

/** Parses a positive whole number. Throws an error that explains the problem. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error('Enter a whole number of at least 1.');
  return Number(text);
}
