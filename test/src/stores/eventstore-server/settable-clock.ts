import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

/** The machine's clock, with a wall clock that can be set forward. */
export function testClock(): Clock & { ahead(ms: number): void } {
  let offset = 0;
  return {
    now: () => systemClock.now() + offset,
    monotonic: () => systemClock.monotonic(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    ahead: (ms) => {
      offset += ms;
    },
  };
}
