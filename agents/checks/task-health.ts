import { backOff } from '#domain/kernel/back-off.js';
import { CHECK_DEFAULTS, checkTitle, type TaskCheck } from '#domain/jobs/job/check.js';
import type { Answer } from './run-check.js';

export interface Verdict {
  readonly healthy: boolean;
  readonly message: string;
}

/** First delay between attempts of a check that has not succeeded yet. The delay doubles up to the check's interval. */
const FIRST_PAUSE_MS = 100;

/** Combines the results of a task's checks: healthy once all have succeeded, unhealthy once one has failed too often in a row. */
export class TaskHealth {
  readonly #checks: readonly TaskCheck[];
  readonly #passed: boolean[];
  readonly #failures: number[];
  readonly #tries: number[];
  #verdict: boolean | undefined;

  constructor(checks: readonly TaskCheck[], healthy: boolean) {
    this.#checks = checks;
    this.#passed = checks.map(() => healthy);
    this.#failures = checks.map(() => 0);
    this.#tries = checks.map(() => 0);
    this.#verdict = healthy ? true : undefined;
  }

  /** Returns the delay until the check runs again. Both the delay and `sinceStart` are in milliseconds. */
  pause(index: number, sinceStart: number): number {
    const { interval, grace } = timesOf(this.#checks[index]);
    if (this.#passed[index] === true || sinceStart >= grace) return interval;
    const tries = this.#tries[index] ?? 0;
    return tries === 0 ? 0 : backOff({ firstMs: FIRST_PAUSE_MS, mostMs: interval })(tries);
  }

  answered(index: number, { ok, text }: Answer, sinceStart: number): Verdict | undefined {
    const check = this.#checks[index];
    if (check === undefined || this.#verdict === false) return undefined;
    this.#tries[index] = (this.#tries[index] ?? 0) + 1;
    const title = checkTitle(check);
    if (ok) {
      this.#passed[index] = true;
      this.#failures[index] = 0;
      if (this.#verdict === true || this.#passed.includes(false)) return undefined;
      this.#verdict = true;
      return { healthy: true, message: `${title}: ${text}` };
    }
    const { grace, most } = timesOf(check);
    if (sinceStart < grace) return undefined;
    const failures = (this.#failures[index] ?? 0) + 1;
    this.#failures[index] = failures;
    if (most === 0 || failures < most) return undefined;
    this.#verdict = false;
    return {
      healthy: false,
      message: `check ${title} failed ${failures === 1 ? 'once' : `${failures} times in a row`}: ${text}`,
    };
  }
}

function timesOf(check: TaskCheck | undefined) {
  return {
    interval: (check?.interval_seconds ?? CHECK_DEFAULTS.interval_seconds) * 1000,
    grace: (check?.grace_seconds ?? CHECK_DEFAULTS.grace_seconds) * 1000,
    most: check?.failures ?? CHECK_DEFAULTS.failures,
  };
}
