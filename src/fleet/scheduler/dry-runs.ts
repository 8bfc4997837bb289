import type { Holder } from '#domain/quota/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { ClusterState, DryRun, DryRunAsked, QuotaUsage } from '#domain/scheduling/index.js';

/** Tells what the scheduler would do with a job, and does nothing. */
export interface DryRuns {
  /** As of all that the log held when it was asked. Error: `MUSTER_E_OVERLOADED` where the log is not read to its end in time. */
  ask(asked: DryRunAsked): Promise<DryRun>;
  /** How much these tenants and accounts hold, and may; all who hold something where none are named. Error: as of `ask`. */
  quotaUsage(holders?: readonly Holder[]): Promise<readonly QuotaUsage[]>;
}

/** How long (ms) a dry run waits for the state to be that of now. */
export const DRY_RUN_PATIENCE_MS = 2_000;
/** Pauses (ms) between two looks: each is twice the one before, as a look goes over all jobs. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** Waits until something holds; answers false when the patience is at its end. */
export async function settledIn(clock: Pick<Clock, 'monotonic' | 'sleep'>, holds: () => boolean): Promise<boolean> {
  const until = clock.monotonic() + DRY_RUN_PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; !holds(); pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(pause);
  }
  return true;
}

/** Is everything answered that was asked so far, and every node admitted as it says it is? */
export function isSettled({ nodes, jobs, agenda }: ClusterState): boolean {
  if (agenda.reports.size > 0) return false;
  for (const { facts, settled } of nodes) if (facts !== undefined && !settled) return false;
  for (const { pending } of jobs.values()) if (pending.length > 0) return false;
  return true;
}
