import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';

const uuid = z.guid();

/** Returns the id in a path, in lower case. `of`: kind of object. Throws `MUSTER_E_ID_INVALID` if the id is not a UUID. */
export function uuidIn(path: string, of: string): string {
  if (!uuid.safeParse(path).success) throw new MusterError('MUSTER_E_ID_INVALID', { of });
  return path.toLowerCase();
}
