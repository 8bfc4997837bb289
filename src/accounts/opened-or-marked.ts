import { isMusterError } from '#domain/kernel/errors/index.js';
import { ERASED, SEALED_ELSEWHERE } from '#domain/kernel/sealing/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';

/** Unseals a personal field for display. If it cannot be unsealed, returns a placeholder so that lists still work. */
export async function openedOrMarked(
  sealer: Pick<Sealer, 'open'>,
  sealed: string,
  purpose: string,
): Promise<string> {
  try {
    return (await sealer.open(sealed, purpose)) ?? ERASED;
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_SEALING_KEY_MISSING')) return SEALED_ELSEWHERE;
    throw error;
  }
}
