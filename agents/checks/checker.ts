import pLimit, { type LimitFunction } from 'p-limit';
import type { TaskCheck } from '#domain/job/check.js';
import type { Clock } from '#domain/ports/clock.js';
import { ask } from './ask.js';
import type { TaskReach } from './reach.js';
import { TaskHealth, type Verdict } from './task-health.js';

/** Connections of checks at once, and programs of checks at once: the others wait for their turn. */
const CONNECTIONS_AT_ONCE = 64;
const PROGRAMS_AT_ONCE = 8;

/** A task that is to be checked. */
export interface CheckedTask {
  readonly checks: readonly TaskCheck[];
  readonly reach: TaskReach;
  /** Unix seconds. */
  readonly startTime: number;
  /** An agent before this one has found it healthy. */
  readonly healthy: boolean;
}

/** Makes the checks of all tasks of an agent: a timer each while it waits, and no more at once than the host bears. */
export class Checker {
  readonly #clock: Clock;
  readonly #connections = pLimit(CONNECTIONS_AT_ONCE);
  readonly #programs = pLimit(PROGRAMS_AT_ONCE);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Checks the task until the signal aborts or it is unhealthy; tells each change. */
  watch({ checks, reach, startTime, healthy }: CheckedTask, tell: (verdict: Verdict) => void, signal: AbortSignal): void {
    const clock = this.#clock;
    const health = new TaskHealth(checks, healthy);
    const over = new AbortController();
    const end = AbortSignal.any([signal, over.signal]);
    // From here on by the clock that never jumps. One that was set back must not lengthen the grace.
    const before = Math.max(0, clock.now() - startTime * 1000);
    const began = clock.monotonic();
    const sinceStart = (): number => before + clock.monotonic() - began;
    for (const [index, check] of checks.entries()) {
      const turn: LimitFunction = check.type === 'exec' ? this.#programs : this.#connections;
      const follow = async (): Promise<void> => {
        for (;;) {
          await clock.sleep(health.pause(index, sinceStart()), end);
          if (end.aborted) return;
          const answer = await turn(() => (end.aborted ? undefined : ask(check, reach, clock, end)));
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
