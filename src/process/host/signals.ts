import type { Clock } from '#domain/kernel/ports/clock.js';

/** Time within which a second signal counts as the same one, in milliseconds. npm repeats a signal that was sent to the process group. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts on the first SIGTERM or SIGINT. A later signal ends the process immediately. */
export function stopOnSignals(clock: Clock): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (): void => {
    const now = clock.monotonic();
    if (first === undefined) {
      first = now;
      controller.abort();
      return;
    }
    if (now - first > SAME_SIGNAL_MS) process.exit(130);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return controller.signal;
}
