import type { Clock } from '#domain/kernel/ports/clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';

export type Retry = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** How long a startup step is retried while the event store is unreachable, in milliseconds. A store that starts with the server may restart once. */
const RETRY_TIMEOUT_MS = 30_000;
const PAUSE_MS = 250;

/** Retries while the event store is unreachable. Fails after a longer outage, or after any other error. */
export function retryWhileUnavailable(clock: Clock): Retry {
  return async (work) => {
    const until = clock.monotonic() + RETRY_TIMEOUT_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') || clock.monotonic() >= until) throw error;
      }
      await clock.sleep(PAUSE_MS);
    }
  };
}
