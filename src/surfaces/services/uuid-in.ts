import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';

const uuid = z.guid();

/** Returns the id of a path in lower case. `of`: kind of object. Errors: `MUSTER_E_ID_INVALID` for what is no UUID. */
export function uuidIn(path: string, of: string): string {
  if (!uuid.safeParse(path).success) throw new MusterError('MUSTER_E_ID_INVALID', { of });
  return path.toLowerCase();
}
