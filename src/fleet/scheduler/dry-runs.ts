import type { Holder } from '#domain/accounts/quota/index.js';
import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ClusterState, DryRun, DryRunRequest, QuotaUsage } from '#domain/scheduling/index.js';

export interface DryRuns {
  /** Includes everything that was in the log at the time of the call. Throws `MUSTER_E_OVERLOADED` if the log is not folded in time. */
  ask(asked: DryRunRequest): Promise<DryRun>;
  quotaUsage(holders?: readonly Holder[]): Promise<readonly QuotaUsage[]>;
}

/** How long a dry run waits for a current state, in milliseconds. */
export const DRY_RUN_TIMEOUT_MS = 2_000;
/** The delay between checks doubles, because each check visits all jobs. */
const checkDelay = backOff({ firstMs: 5, mostMs: 100 });

export async function settledIn(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  holds: () => boolean,
): Promise<boolean> {
  const until = clock.monotonic() + DRY_RUN_TIMEOUT_MS;
  for (let check = 1; !holds(); check += 1) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(checkDelay(check));
  }
  return true;
}

/** Whether every command so far has been evaluated, and every node is admitted with its current facts. */
export function isSettled({ nodes, jobs, agenda }: ClusterState): boolean {
  if (agenda.reports.size > 0) return false;
  for (const { facts, settled } of nodes) if (facts !== undefined && !settled) return false;
  for (const { pending } of jobs.values()) if (pending.length > 0) return false;
  return true;
}
