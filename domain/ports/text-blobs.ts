import type { StopSignal } from './signal.js';

/**
 * Texts that a server keeps under the SHA-256 of their bytes for its nodes: what many runs refer to is not sent with each of them. Who gets one checks
 * it by its name, so that it matters nothing where it came from.
 */
export interface TextBlobs {
  /** Rejects where it cannot be had, or is not what its name says. `hash`: in hexadecimal. */
  fetch(hash: string, signal: StopSignal): Promise<string>;
}
