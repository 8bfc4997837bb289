import type { Clock } from '#domain/kernel/ports/clock.js';

/** The machine's clock, and the only place that reads time and sets timers. */
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

/** Returns a signal that aborts after that many milliseconds. Its timer does not keep the process alive. */
export function deadline(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}
