import { backOff } from '../../kernel/back-off.js';
import type { ReleaseOutcome } from '../plan-log/events.js';
import { retryAfterFailure, STABLE_RUN_MS } from './retry.js';
import { emptySlot, type LiveAllocation } from './scheduled-job.js';
import { MAX_PORT_RETRIES } from './taken-ports.js';

const retryDelay = backOff({ firstMs: 1000, mostMs: 300_000 });

export interface Release {
  readonly outcome: ReleaseOutcome;
  readonly retryAt?: number;
  readonly rescheduled?: true;
  readonly takenPort?: number;
}

/**
 * Returns what the end of an allocation means for its slot. `complete`: final. `failed`: retried by the restart policy, then by the reschedule
 * policy, otherwise final; after a stop request it counts as `stopped`. If a dynamic port was taken, it is placed again at once with another port, a
 * limited number of times. `stopped`: the slot is free immediately, or, if the stop was not requested,
 * after an increasing delay that prevents a loop. `lost`: placed again immediately the first time, then after an increasing delay; final with
 * `lost: fail`, however the node took it away.
 */
export function releaseOf(allocation: LiveAllocation, ended: ReleaseOutcome, now: number): Release {
  const asked = allocation.stopping !== undefined;
  if (ended === 'complete') return { outcome: 'complete' };
  if (isUnrepeatable(allocation) && wasInterrupted(allocation, ended)) return { outcome: 'lost' };
  switch (ended) {
    case 'failed':
      if (asked) return { outcome: 'stopped' };
      return { outcome: 'failed', ...(otherPortOf(allocation, now) ?? retryOf(allocation, now)) };
    case 'stopped':
      return asked
        ? { outcome: 'stopped' }
        : { outcome: 'stopped', retryAt: now + interruptionBackOff(allocation, now) };
    case 'lost':
      if (asked) return { outcome: 'lost', retryAt: now };
      return { outcome: 'lost', retryAt: now + interruptionBackOff(allocation, now) };
  }
}

/** Returns whether its slot is not filled again after the node took it away, because a second execution may do harm. */
export function isUnrepeatable({ group }: Pick<LiveAllocation, 'group'>): boolean {
  return group.specification?.lost === 'fail';
}

/** Returns whether the allocation ended because of its node rather than by itself or by a change of its job. */
function wasInterrupted({ stopping }: LiveAllocation, ended: Exclude<ReleaseOutcome, 'complete'>): boolean {
  if (stopping === undefined) return ended !== 'failed';
  return stopping === 'drain' || stopping === 'capacity-shrunk';
}

function otherPortOf(
  { group, slot, reported }: LiveAllocation,
  now: number,
): Pick<Release, 'retryAt' | 'takenPort'> | undefined {
  const takenPort = reported?.takenPort;
  if (takenPort === undefined || (group.slots[slot]?.portRetries ?? 0) >= MAX_PORT_RETRIES) return undefined;
  return { retryAt: now, takenPort };
}

function retryOf(
  { group, slot, placedAt }: LiveAllocation,
  now: number,
): Pick<Release, 'retryAt' | 'rescheduled'> {
  const policies = { restart: group.specification?.restart, reschedule: group.reschedule };
  const retry = retryAfterFailure(policies, group.slots[slot] ?? emptySlot(), now - placedAt, now);
  return retry === undefined ? {} : { retryAt: retry.at, ...(retry.rescheduled && { rescheduled: true }) };
}

/** The delays are 0, 1 s, 2 s, 4 s … 5 min. */
function interruptionBackOff({ group, slot, placedAt }: LiveAllocation, now: number): number {
  const before = now - placedAt >= STABLE_RUN_MS ? 0 : (group.slots[slot]?.interruptions ?? 0);
  return before === 0 ? 0 : retryDelay(before);
}
