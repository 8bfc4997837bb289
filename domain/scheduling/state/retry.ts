import { backOff } from '../../kernel/back-off.js';
import {
  DEFAULT_MAX_DELAY,
  DEFAULT_RESTART_INTERVAL,
  RESCHEDULE_DEFAULTS,
  type ReschedulePolicy,
  type RestartPolicy,
} from '../../jobs/job/restart.js';
import type { Slot } from './scheduled-job.js';

/** After a run of at least this length, the next failure or loss is treated as the first. */
export const STABLE_RUN_MS = 600_000;
export const RESTART_INTERVAL_MS = 60_000;

export type Failures = Pick<Slot, 'failures' | 'failingSince' | 'reschedules' | 'reschedulingSince'>;

export interface RetryPolicies {
  readonly restart: RestartPolicy | undefined;
  readonly reschedule: ReschedulePolicy | undefined;
}

/** `at` is in milliseconds since the epoch. `rescheduled` means that the restarts were used up. */
export interface Retry {
  readonly at: number;
  readonly rescheduled: boolean;
}

export function retryAfterFailure(
  { restart, reschedule }: RetryPolicies,
  before: Failures,
  ran: number,
  now: number,
): Retry | undefined {
  const counted = within(before, restart, now);
  const failures = counted?.failures ?? 0;
  if (restart !== undefined) {
    const next = now + delayOf(restart, ran >= STABLE_RUN_MS ? 0 : failures);
    if (restart.mode === 'fail' && failures < restart.attempts) return { at: next, rescheduled: false };
    if (restart.mode === 'delay')
      return {
        at:
          failures % (restart.attempts + 1) < restart.attempts
            ? next
            : laterRound(restart, counted, next, now),
        rescheduled: false,
      };
  }
  if (reschedule === undefined) return undefined;
  const { attempts, interval = RESCHEDULE_DEFAULTS.interval } = reschedule;
  if (attempts !== undefined && rescheduledWithin(before, interval, now) >= attempts) return undefined;
  return {
    at: now + rescheduleDelay(reschedule, ran >= STABLE_RUN_MS ? 0 : before.reschedules),
    rescheduled: true,
  };
}

export function afterFailure(
  { restart, reschedule }: RetryPolicies,
  before: Failures,
  { ran, rescheduled }: { readonly ran: number; readonly rescheduled: boolean },
  now: number,
): Failures {
  if (rescheduled) {
    const goesOn = rescheduledWithin(before, reschedule?.interval ?? RESCHEDULE_DEFAULTS.interval, now) > 0;
    const inARow = goesOn || reschedule?.attempts === undefined;
    return {
      failures: 0,
      failingSince: undefined,
      reschedules:
        (inARow && !(reschedule?.attempts === undefined && ran >= STABLE_RUN_MS) ? before.reschedules : 0) +
        1,
      reschedulingSince: goesOn ? before.reschedulingSince : now,
    };
  }
  const counted = within(before, restart, now);
  return { ...before, failures: (counted?.failures ?? 0) + 1, failingSince: counted?.since ?? now };
}

interface Counted {
  readonly failures: number;
  readonly since: number;
}

function within(
  { failures, failingSince }: Failures,
  restart: RestartPolicy | undefined,
  now: number,
): Counted | undefined {
  const interval = (restart?.interval ?? DEFAULT_RESTART_INTERVAL) * 1000;
  return failingSince === undefined || now - failingSince >= interval
    ? undefined
    : { failures, since: failingSince };
}

function rescheduledWithin(
  { reschedules, reschedulingSince }: Failures,
  interval: number,
  now: number,
): number {
  return reschedulingSince === undefined || now - reschedulingSince >= interval * 1000 ? 0 : reschedules;
}

function laterRound(
  { interval }: RestartPolicy,
  counted: Counted | undefined,
  next: number,
  now: number,
): number {
  return Math.max(
    next,
    interval === undefined ? now + RESTART_INTERVAL_MS : (counted?.since ?? now) + Math.ceil(interval * 1000),
  );
}

/** Returns the delay in milliseconds after this many consecutive failures. */
function delayOf(
  { delay, backoff, max_delay = Math.max(delay, DEFAULT_MAX_DELAY) }: RestartPolicy,
  failures: number,
): number {
  if (backoff !== 'double') return Math.round(delay * 1000);
  return Math.round(backOff({ firstMs: delay * 1000, mostMs: max_delay * 1000 })(failures + 1));
}

/** Returns the delay in milliseconds after this many consecutive reschedules. */
function rescheduleDelay(policy: ReschedulePolicy, before: number): number {
  const {
    delay = RESCHEDULE_DEFAULTS.delay,
    delay_function = RESCHEDULE_DEFAULTS.delay_function,
    max_delay = RESCHEDULE_DEFAULTS.max_delay,
  } = policy;
  return Math.round(
    Math.min(
      Math.max(max_delay, delay_function === 'constant' ? delay : 0),
      delay * growthOf(delay_function, Math.min(20, before)),
    ) * 1000,
  );
}

function growthOf(how: NonNullable<ReschedulePolicy['delay_function']>, before: number): number {
  if (how === 'constant') return 1;
  if (how === 'exponential') return 2 ** before;
  let [one, other] = [1, 1];
  for (let step = 0; step < before; step += 1) [one, other] = [other, one + other];
  return one;
}
