import type { Clock } from '#domain/kernel/ports/clock.js';

export interface WatchOptions {
  readonly everyMs: number;
  readonly clock: Clock;
  readonly life: AbortSignal;
  readonly differs: () => Promise<boolean>;
  readonly isPaused: () => boolean;
}

/** Calls `onChange` when two checks in a row report a difference, because a single one may be a transient failure of the check. */
export async function watchForChange(
  { everyMs, clock, life, differs, isPaused }: WatchOptions,
  onChange: () => void,
): Promise<void> {
  let before = false;
  while (!life.aborted) {
    await clock.sleep(everyMs, life);
    if (life.aborted || isPaused()) continue;
    const now = await differs();
    if (now && before) onChange();
    before = now && !before;
  }
}
