import type { Clock } from '#domain/ports/clock.js';
import { isMusterError } from '#domain/errors/index.js';

/** Does work that may be done again, until it is done. */
export type Retry = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** Milliseconds that a step of the start is tried while the event store is away: a server that is started together with a store may meet it while it starts again. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

/** Perseverance with an event store that is away. What fails otherwise, or for too long, fails. */
export function retryWhileUnavailable(clock: Clock): Retry {
  return async (work) => {
    const until = clock.monotonic() + PATIENCE_MS;
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
