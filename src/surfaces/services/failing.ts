import { isMusterError, MusterError } from '#domain/errors/index.js';

/**
 * Does what the contract has words for when it fails: a store or a node that fails is 500 `Failed to …`. What the caller did wrong stays what it is, and so do
 * overload and the time of a start, which are 503.
 */
export async function failingTo<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isMusterError(error) && (error.status < 500 || (error.status === 503 && error.code !== 'MUSTER_E_STORE_UNAVAILABLE'))) throw error;
    throw new MusterError('MUSTER_E_FAILED', { what }, { cause: error });
  }
}
