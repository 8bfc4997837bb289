import type { Clock } from '#domain/ports/clock.js';

/** The machine's clock: the one place where time and timers are asked for. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake, { once: true });
    }),
};

/** Aborts after so many milliseconds of the machine's clock, and keeps no process alive until then. */
export function deadline(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}
