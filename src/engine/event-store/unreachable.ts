import { isMusterError } from '#domain/errors/index.js';

/** No server could be reached that takes a call: none was made. */
export class StoreUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnreachable';
  }
}

/** Whether an append that failed so has certainly not been written: there is no outcome to look for. */
export function neverReached(error: unknown): boolean {
  return isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') && error.cause instanceof StoreUnreachable;
}
