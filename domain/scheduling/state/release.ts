import { DEFAULT_MAX_DELAY, type RestartPolicy } from '../../job/specification.js';
import type { ReleaseOutcome } from '../../plan-log/events.js';
import type { LiveAllocation } from './scheduled-job.js';

/** After so long a run (ms) an allocation's loss counts as the first again. */
export const STABLE_RUN_MS = 600_000;
/** Least pause (ms) between two rounds of attempts of a group whose restart mode is `delay`. */
export const RESTART_INTERVAL_MS = 60_000;
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 300_000;

/** How the plan log lets go of an allocation. */
export interface Release {
  readonly outcome: ReleaseOutcome;
  readonly retryAt?: number;
}

/**
 * What an end means for the slot.
 *
 * - `complete`: final.
 * - `failed`: by the group's restart policy another try after its delay, or final. One that was asked to stop counts as `stopped`.
 * - `stopped`: the slot is free at once. Where nobody had asked for it, with a pause that grows, so that it can't go round without end.
 * - `lost`: placed anew, the first time at once and then with a pause that grows, or final where the group says `lost: fail`.
 */
export function releaseOf(allocation: LiveAllocation, ended: ReleaseOutcome, now: number): Release {
  const asked = allocation.stopping !== undefined;
  switch (ended) {
    case 'complete':
      return { outcome: 'complete' };
    case 'failed':
      return asked ? { outcome: 'stopped' } : { outcome: 'failed', ...retryAfterFailure(allocation, now) };
    case 'stopped':
      return asked ? { outcome: 'stopped' } : { outcome: 'stopped', retryAt: now + interruptionPause(allocation, now) };
    case 'lost':
      if (asked) return { outcome: 'lost', retryAt: now };
      if (allocation.group.specification?.lost === 'fail') return { outcome: 'lost' };
      return { outcome: 'lost', retryAt: now + interruptionPause(allocation, now) };
  }
}

function retryAfterFailure({ group, slot, placedAt }: LiveAllocation, now: number): { retryAt?: number } {
  const restart = group.specification?.restart;
  if (restart === undefined) return {};
  const failures = group.slots[slot]?.failures ?? 0;
  const delay = delayOf(restart, now - placedAt >= STABLE_RUN_MS ? 0 : failures);
  const round = restart.attempts + 1;
  if (failures % round < restart.attempts) return failures < round || restart.mode === 'delay' ? { retryAt: now + delay } : {};
  return restart.mode === 'delay' ? { retryAt: now + Math.max(delay, RESTART_INTERVAL_MS) } : {};
}

/** Milliseconds, after so many failures before. */
function delayOf({ delay, backoff, max_delay = Math.max(delay, DEFAULT_MAX_DELAY) }: RestartPolicy, failures: number): number {
  return Math.round((backoff === 'double' ? Math.min(max_delay, delay * 2 ** Math.min(20, failures)) : delay) * 1000);
}

/** 0, 1 s, 2 s, 4 s … 5 min. */
function interruptionPause({ group, slot, placedAt }: LiveAllocation, now: number): number {
  const before = now - placedAt >= STABLE_RUN_MS ? 0 : (group.slots[slot]?.interruptions ?? 0);
  return before === 0 ? 0 : Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(20, before - 1));
}
