import { isMusterError } from '#domain/kernel/errors/index.js';

export class StoreUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnreachable';
  }
}

/** Returns whether a failed append was certainly not written, so that its outcome need not be determined. */
export function neverReached(error: unknown): boolean {
  return isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') && error.cause instanceof StoreUnreachable;
}
