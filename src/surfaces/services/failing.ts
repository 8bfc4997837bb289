import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';

/**
 * Reports failures of a store or node as the contract's 500 `Failed to …`. Client errors (4xx), overload and startup (503) are passed on unchanged.
 */
export async function failingTo<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (
      isMusterError(error) &&
      (error.status < 500 || (error.status === 503 && error.code !== 'MUSTER_E_STORE_UNAVAILABLE'))
    )
      throw error;
    throw new MusterError('MUSTER_E_FAILED', { what }, { cause: error });
  }
}
