import { isMusterError } from '#domain/kernel/errors/index.js';

const REFUSALS = ['MUSTER_E_STORE_BUSY', 'MUSTER_E_STORE_FULL', 'MUSTER_E_LOG_INCOMPLETE'] as const;

/** Returns whether the store refused an append, so that the stream is certainly as it was, and a later attempt may succeed. */
export function wasRefused(error: unknown): boolean {
  return REFUSALS.some((code) => isMusterError(error, code));
}
