import pLimit, { type LimitFunction } from 'p-limit';
import type { TaskCheck } from '#domain/jobs/job/check.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { runCheck } from './run-check.js';
import type { TaskReach } from './reach.js';
import { TaskHealth, type Verdict } from './task-health.js';

/** Maximum number of connections and of programs that checks use concurrently. Additional checks are queued. */
const CONNECTIONS_AT_ONCE = 64;
const PROGRAMS_AT_ONCE = 8;

export interface CheckedTask {
  readonly checks: readonly TaskCheck[];
  readonly reach: TaskReach;
  readonly startTime: number;
  readonly healthy: boolean;
}

export class Checker {
  readonly #clock: Clock;
  readonly #connections = pLimit(CONNECTIONS_AT_ONCE);
  readonly #programs = pLimit(PROGRAMS_AT_ONCE);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(
    { checks, reach, startTime, healthy }: CheckedTask,
    tell: (verdict: Verdict) => void,
    signal: AbortSignal,
  ): void {
    const clock = this.#clock;
    const health = new TaskHealth(checks, healthy);
    const over = new AbortController();
    const end = AbortSignal.any([signal, over.signal]);
    // Use the monotonic clock from here on: setting the system clock back must not extend the grace period.
    const before = Math.max(0, clock.now() - startTime * 1000);
    const began = clock.monotonic();
    const sinceStart = (): number => before + clock.monotonic() - began;
    for (const [index, check] of checks.entries()) {
      const turn: LimitFunction = check.type === 'exec' ? this.#programs : this.#connections;
      const follow = async (): Promise<void> => {
        for (;;) {
          await clock.sleep(health.pause(index, sinceStart()), end);
          if (end.aborted) return;
          const answer = await turn(() => (end.aborted ? undefined : runCheck(check, reach, clock, end)));
          if (end.aborted) return;
          if (answer === undefined) continue;
          const verdict = health.answered(index, answer, sinceStart());
          if (verdict?.healthy === false) over.abort();
          if (verdict !== undefined) tell(verdict);
        }
      };
      void follow();
    }
  }
}
