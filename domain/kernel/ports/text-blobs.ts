import type { StopSignal } from './signal.js';

/**
 * Content-addressed texts that many runs share, so that they are not sent with each order. The recipient verifies the hash, so the source does not
 * have to be trusted.
 */
export interface TextBlobs {
  /** Rejects if the text is unavailable or does not match `hash`, which is the SHA-256 in hexadecimal. */
  fetch(hash: string, signal: StopSignal): Promise<string>;
}
