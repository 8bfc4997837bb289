import type { Clock } from '#domain/kernel/ports/clock.js';

/** Milliseconds within which a second signal counts as the same one, sent to the process group and again by npm. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts on the first SIGTERM or SIGINT. A later one ends the process immediately. */
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
