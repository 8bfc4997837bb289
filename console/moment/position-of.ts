import { resolveMoment } from '../api/client.js';
import { parseMoment } from './parse.js';

/** Returns the position of a typed moment. Throws if it is not one. */
export async function positionOf(
  text: string,
  now: Date,
  utc: boolean,
  signal: AbortSignal,
): Promise<bigint> {
  const moment = parseMoment(text, now, utc);
  if ('problem' in moment) throw new Error(moment.problem);
  if ('position' in moment) return BigInt(moment.position);
  return BigInt((await resolveMoment(moment.time, signal)).position);
}
