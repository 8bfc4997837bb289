import { tenantRefusalOf, type TenantRefusal } from '../../drivers/tenant-refusal.js';
import { wasStoppedByNode, type WorkView } from '../../work/index.js';
import { fitNodes, fitsNoNode, openNodes } from '../../scheduling/plan-log/blocked-nodes.js';
import type { BlockedReason } from '../../scheduling/plan-log/events.js';
import type { CancelReason } from './events.js';
import { RUN_GROUP } from './job.js';
import type { RunReason } from './reasons.js';
import { reasonOf } from './references.js';
import {
  isQueued,
  reportsNewestAttempt,
  newestSlot,
  slotOf,
  taskOf,
  type RunProgress,
} from './run-progress.js';

export function runReason(
  run: RunProgress,
  cancelReason: CancelReason | null,
  now: number,
): RunReason | undefined {
  switch (run.ended) {
    case 'success':
      return undefined;
    case 'cancelled':
      return cancelReason ?? 'requested';
    case 'timeout':
      return 'timeout';
    case 'failed':
      return failure(run);
    case null:
      if (isQueued(run)) return 'waiting_for_earlier_run';
      return waitingFor(run.work, reportsNewestAttempt(run), run.dueAt, now);
  }
}

function failure(run: RunProgress): RunReason {
  const { work, secret, expired } = run;
  if (expired === true) return 'expired';
  if (secret !== undefined) return reasonOf(secret);
  const slot = newestSlot(run);
  // A lost worker that returns stops the allocation, too, but the run had ended before.
  if (slot !== null && wasStoppedByNode(slot) && slot.moved !== 'lost') return 'interrupted';
  if (slot?.released === 'lost' || slot?.ended === 'lost') return 'worker_lost';
  const task = taskOf(slot);
  if (task !== undefined && task.exitCode !== null) return 'exited';
  return work.job === 'stopped' || work.job === 'forgotten' ? 'stopped_by_operator' : 'not_started';
}

/** Returns what a run is waiting for, or undefined if it is running. `told`: whether the job has the latest attempt. `dueAt`: when it may start. */
export function waitingFor(work: WorkView, told: boolean, dueAt: number, now: number): RunReason | undefined {
  if (!told) return dueAt > now ? 'not_due' : 'being_placed';
  const blocked = work.blocked?.[RUN_GROUP];
  if (blocked !== undefined) return blockedBy(blocked);
  const slot = slotOf(work);
  if (slot === null) return 'being_placed';
  return slot.ran ? undefined : 'starting';
}

function blockedBy(reason: BlockedReason): RunReason {
  if (openNodes(reason) === 0) return 'no_worker_online';
  if (fitNodes(reason) === 0) return refusedFor(reason) ?? 'no_suitable_worker';
  if (fitsNoNode(reason)) return 'too_large_for_any_worker';
  return reason.quota === undefined ? 'waiting_for_capacity' : 'over_quota';
}

const REFUSED: Readonly<Record<TenantRefusal, RunReason>> = {
  shared_tmp: 'worker_shares_its_tmp',
  shared_user: 'worker_shares_its_user',
};

/** Some workers would be suitable if they accepted tenants' processes. Returns the most frequent reason why they do not. */
function refusedFor({ filtered }: BlockedReason): RunReason | undefined {
  let most: readonly [RunReason, number] | undefined;
  for (const [what, nodes] of Object.entries(filtered)) {
    const refusal = tenantRefusalOf(what);
    if (refusal !== undefined && nodes > (most?.[1] ?? 0)) most = [REFUSED[refusal], nodes];
  }
  return most?.[0];
}
