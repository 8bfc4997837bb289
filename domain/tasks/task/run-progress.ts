import {
  evaluationOf,
  stepOf,
  jobProgressOf,
  wasStoppedByNode,
  type DesiredJob,
  type WorkSlot,
  type WorkStep,
  type WorkTask,
  type WorkView,
} from '../../work/index.js';
import { isOverdue, isRefusedStart } from '../../protocol/index.js';
import type { Outcome } from './events.js';
import { jobIdOf } from './identifier.js';
import { RUN_GROUP, RUN_TASK } from './job.js';
import type { SecretProblem } from './references.js';
import type { RunStart } from './start-bounds.js';
import { startNumberOf } from './state.js';

export interface RunProgress extends RunStart {
  readonly taskId: number;
  readonly run: number;
  readonly ended: Outcome | 'cancelled' | null;
  readonly attempt: number;
  readonly lost: number;
  readonly dueAt: number;
  readonly surplus: boolean;
  readonly work: WorkView;
  readonly secret?: SecretProblem;
  readonly expired?: true;
}

/** `trial` is undefined once the run has ended. */
export function desiredJobOf(trial: number | undefined, surplus: boolean): DesiredJob {
  if (trial !== undefined) return { kind: 'run', version: String(trial) };
  return { kind: surplus ? 'gone' : 'over' };
}

/** Returns false while the job still reports an earlier attempt. */
export function reportsNewestAttempt(run: RunProgress): boolean {
  return (
    run.work.asked !== null &&
    run.work.asked ===
      evaluationOf(jobIdOf(run.taskId, run.run), { to: 'be', version: String(startNumberOf(run)) })
  );
}

export function outcomeOf(run: RunProgress): Outcome | 'lost' | 'refused' | undefined {
  const { work } = run;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !reportsNewestAttempt(run)) return undefined;
  if (work.finished === 'complete') return 'success';
  const slot = slotOf(work);
  if (slot?.ended === 'lost' && !slot.ran && isRefusedStart(slot.message)) return 'refused';
  if (slot !== null && !slot.ran && wasStoppedByNode(slot)) return 'refused';
  if (slot?.released === 'lost' || slot?.ended === 'lost') return 'lost';
  return isOverdue(taskOf(slot)?.error ?? slot?.message ?? null) ? 'timeout' : 'failed';
}

export function nextStep(
  run: RunProgress,
): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const unfinished = run.ended === null;
  if (unfinished && outcomeOf(run) !== undefined) return { step: 'settle', at: 0 };
  const step = stepOf(
    jobIdOf(run.taskId, run.run),
    desiredJobOf(unfinished ? startNumberOf(run) : undefined, run.surplus),
    jobProgressOf(run.work),
  );
  const at = unfinished ? run.dueAt : 0;
  const deadline = Math.min(expiryOf(run) ?? Infinity, waitNoticeOf(run) ?? Infinity);
  const waits = unfinished && isQueued(run);
  if (step !== undefined && !waits && at <= deadline) return { step, at };
  return deadline === Infinity ? undefined : { step: 'settle', at: deadline };
}

/** Returns whether a run waits until earlier ones of its task have ended. */
export function isQueued({ behind = 0 }: Pick<RunProgress, 'behind'>): boolean {
  return behind > 0;
}

/** Returns when a run expires, or undefined if it cannot, because it was placed on a worker, has ended, or its task allows any wait. */
export function expiryOf(run: RunProgress): number | undefined {
  return isUnplaced(run) ? run.expiresAt : undefined;
}

/** Returns when a notification says that a run waits, or undefined if it does not wait for its first worker, or if that was already decided. */
export function waitNoticeOf(run: RunProgress): number | undefined {
  return isUnplaced(run) ? run.noticeAt : undefined;
}

function isUnplaced(run: RunProgress): boolean {
  return run.ended === null && startNumberOf(run) === 1 && slotOf(run.work) === null;
}

export function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[RUN_GROUP]?.slots[0] ?? null;
}

/** Returns null until the latest attempt is placed, because the job may still show an earlier one. */
export function newestSlot(run: RunProgress): WorkSlot | null {
  return reportsNewestAttempt(run) ? slotOf(run.work) : null;
}

/** Returns what the worker said about an attempt, or why it was taken away from the worker. Null if nothing is known. */
export function messageOfSlot(slot: WorkSlot | null): string | null {
  if (slot !== null && wasStoppedByNode(slot) && slot.moved !== null) return TAKEN_AWAY[slot.moved];
  const task = taskOf(slot);
  return task?.error ?? task?.message ?? slot?.message ?? null;
}

const TAKEN_AWAY = {
  lost: 'its worker was lost',
  drain: 'stopped, because its worker was drained',
  'capacity-shrunk': 'stopped, because its worker no longer has enough capacity',
} as const;

export function taskOf(slot: WorkSlot | null): WorkTask | undefined {
  return slot?.tasks[RUN_TASK];
}
