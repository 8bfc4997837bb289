import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { SurfaceHost } from '#src/surfaces/kit/index.js';

/** @param what plural name of the items, for the description. */
export function pageLimit(what: string) {
  return z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: `Maximum number of ${what}` });
}

/**
 * Returns the history once it has caught up with the read models, which another thread may be writing, or after `waitMs` milliseconds. Throws
 * `MUSTER_E_HISTORY_OFF` if there is no history.
 */
export async function historyOf(
  { history, readModels }: Pick<SurfaceHost['parts'], 'history' | 'readModels'>,
  { waitMs }: Pick<SurfaceHost['limits'], 'waitMs'>,
): Promise<History> {
  if (history === undefined) throw new MusterError('MUSTER_E_HISTORY_OFF');
  if (history.built() === undefined) await history.waitFor(readModels.position(), waitMs);
  return history;
}
