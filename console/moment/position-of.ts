import { ApiError, resolveMoment } from '../api/client.js';
import { parseMoment } from './parse.js';

/** Returns the position of a typed moment, or 0 if it is before the beginning of the log. Throws if the text is not a moment. */
export async function positionOf(
  text: string,
  now: Date,
  utc: boolean,
  signal: AbortSignal,
): Promise<bigint> {
  const moment = parseMoment(text, now, utc);
  if ('problem' in moment) throw new Error(moment.problem);
  if ('position' in moment) return BigInt(moment.position);
  try {
    return BigInt((await resolveMoment(moment.time, signal)).position);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 0n;
    throw error;
  }
}
