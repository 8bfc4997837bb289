import type { Clock } from '#domain/ports/clock.js';

/** A second signal within this time is the same one, sent to the process group and by npm again. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts on the first SIGTERM or SIGINT; a later one, sent after a second, ends the process at once. */
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
