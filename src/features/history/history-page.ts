import { MusterError } from '#domain/kernel/errors/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import { logMoment, type ApiLimits } from '#src/http/index.js';
import type { HistoryParts } from './parts.js';

/** The two moments of a comparison. */
export const range = {
  from: logMoment.meta({ description: 'The earlier position or time', examples: ['2026-11-20T14:00:00Z'] }),
  to: logMoment
    .optional()
    .meta({ description: 'The later position or time. Default: now', examples: ['2026-11-20T15:00:00Z'] }),
};

/**
 * Returns the history once it has caught up with the read models, which another thread may be writing, or after `waitMs` milliseconds. Throws
 * `MUSTER_E_HISTORY_OFF` if there is no history.
 */
export async function historyOf(
  { history, readModels }: Pick<HistoryParts, 'history' | 'readModels'>,
  { waitMs }: Pick<ApiLimits, 'waitMs'>,
): Promise<History> {
  if (history === undefined) throw new MusterError('MUSTER_E_HISTORY_OFF');
  if (history.built() === undefined) await history.waitFor(readModels.position(), waitMs);
  return history;
}
