import {
  evaluationOf,
  stepOf,
  jobProgressOf,
  type DesiredJob,
  type WorkSlot,
  type WorkStep,
  type WorkTask,
  type WorkView,
} from '../../work/index.js';
import { isOverdue } from '../../protocol/index.js';
import type { Outcome } from './events.js';
import { jobIdOf } from './identifier.js';
import { RUN_GROUP, RUN_TASK } from './job.js';
import type { SecretProblem } from './references.js';
import { startNumberOf } from './state.js';

export interface RunProgress {
  readonly taskId: number;
  readonly run: number;
  /** Null: unfinished. */
  readonly ended: Outcome | 'cancelled' | null;
  readonly attempt: number;
  readonly lost: number;
  /** When its newest attempt may start, in milliseconds since 1970. */
  readonly dueAt: number;
  readonly surplus: boolean;
  readonly work: WorkView;
  /** Why its newest attempt was not started; absent: its secrets were available. */
  readonly secret?: SecretProblem;
}

/** `trial`: undefined once the run has ended. */
export function desiredJobOf(trial: number | undefined, surplus: boolean): DesiredJob {
  if (trial !== undefined) return { kind: 'run', version: String(trial) };
  return { kind: surplus ? 'gone' : 'over' };
}

/** Returns false while the job still reports an older attempt. */
export function reportsNewestAttempt(run: RunProgress): boolean {
  return (
    run.work.asked !== null &&
    run.work.asked ===
      evaluationOf(jobIdOf(run.taskId, run.run), { to: 'be', version: String(startNumberOf(run)) })
  );
}

/** Returns the outcome of the newest attempt; undefined: unfinished. A job that was stopped or removed counts as failed. */
export function outcomeOf(run: RunProgress): Outcome | 'lost' | undefined {
  const { work } = run;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !reportsNewestAttempt(run)) return undefined;
  if (work.finished === 'complete') return 'success';
  const slot = slotOf(work);
  if (slot?.released === 'lost' || slot?.ended === 'lost') return 'lost';
  return isOverdue(taskOf(slot)?.error ?? slot?.message ?? null) ? 'timeout' : 'failed';
}

/** Returns the next step and when it is due, in milliseconds since 1970; undefined: none. */
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
  if (step === undefined) return undefined;
  return { step, at: unfinished ? run.dueAt : 0 };
}

export function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[RUN_GROUP]?.slots[0] ?? null;
}

/** Null: the newest attempt was not placed, and the job shows an older one. */
export function newestSlot(run: RunProgress): WorkSlot | null {
  return reportsNewestAttempt(run) ? slotOf(run.work) : null;
}

export function taskOf(slot: WorkSlot | null): WorkTask | undefined {
  return slot?.tasks[RUN_TASK];
}
