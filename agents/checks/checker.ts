import pLimit, { type LimitFunction } from 'p-limit';
import type { TaskCheck } from '#domain/jobs/job/check.js';
import { placesOfAccounts } from '#domain/kernel/fair-share.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { runCheck } from './run-check.js';
import type { TaskReach } from './reach.js';
import { TaskHealth, type Verdict } from './task-health.js';

/** Maximum number of connections and of programs that checks use concurrently. Additional checks are queued. */
const CONNECTIONS_AT_ONCE = 64;
const PROGRAMS_AT_ONCE = 16;
/** Share of them that the checks of one tenant can use, because a check may hang for minutes. */
const TENANT_SHARE = 0.25;

export interface CheckedTask {
  readonly checks: readonly TaskCheck[];
  readonly reach: TaskReach;
  /** Undefined if the task is of no tenant. */
  readonly tenant: string | undefined;
  readonly startTime: number;
  readonly healthy: boolean;
}

export class Checker {
  readonly #clock: Clock;
  readonly #connections = new CheckQueue(CONNECTIONS_AT_ONCE);
  readonly #programs = new CheckQueue(PROGRAMS_AT_ONCE);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(
    { checks, reach, tenant, startTime, healthy }: CheckedTask,
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
      const queue = check.type === 'exec' ? this.#programs : this.#connections;
      const follow = async (): Promise<void> => {
        for (;;) {
          await clock.sleep(health.pause(index, sinceStart()), end);
          if (end.aborted) return;
          const answer = await queue.run(tenant, async () =>
            end.aborted ? undefined : await runCheck(check, reach, clock, end),
          );
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

/** Lets a number of checks run at a time. A tenant waits in a queue of its own, and the last places are for work of no tenant. */
class CheckQueue {
  readonly #all: LimitFunction;
  readonly #ofTenants: LimitFunction;
  readonly #perTenant: number;
  readonly #tenants = new Map<string, { readonly turn: LimitFunction; users: number }>();

  constructor(all: number) {
    this.#all = pLimit(all);
    this.#ofTenants = pLimit(placesOfAccounts(all));
    this.#perTenant = all * TENANT_SHARE;
  }

  async run<Result>(tenant: string | undefined, work: () => Promise<Result>): Promise<Result> {
    if (tenant === undefined) return await this.#all(work);
    const own = this.#tenants.get(tenant) ?? { turn: pLimit(this.#perTenant), users: 0 };
    this.#tenants.set(tenant, own);
    own.users += 1;
    try {
      return await own.turn(async () => await this.#ofTenants(async () => await this.#all(work)));
    } finally {
      own.users -= 1;
      if (own.users === 0) this.#tenants.delete(tenant);
    }
  }
}
