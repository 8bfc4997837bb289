import { isMusterError } from '#domain/errors/index.js';
import { ERASED, SEALED_ELSEWHERE } from '#domain/sealing/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';

/** A personal text for people to read. One that cannot be opened is marked, so that a list shows all others. */
export async function openedOrMarked(sealer: Pick<Sealer, 'open'>, sealed: string, purpose: string): Promise<string> {
  try {
    return (await sealer.open(sealed, purpose)) ?? ERASED;
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_SEALING_KEY_MISSING')) return SEALED_ELSEWHERE;
    throw error;
  }
}
