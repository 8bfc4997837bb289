import { evaluationOf, stepOf, jobProgressOf, type DesiredJob, type WorkSlot, type WorkStep, type WorkTask, type WorkView } from '../owned-work/index.js';
import { isOverdue } from '../protocol/index.js';
import type { Outcome } from './events.js';
import { jobIdOf } from './identifier.js';
import { RUN_GROUP, RUN_TASK } from './job.js';
import type { SecretProblem } from './references.js';
import { startNumberOf } from './state.js';

/** A run, as far as what has yet to follow is seen by it. */
export interface RunProgress {
  readonly taskId: number;
  readonly run: number;
  /** Null: it is unfinished. */
  readonly ended: Outcome | 'cancelled' | null;
  readonly attempt: number;
  readonly lost: number;
  /** When its newest try may begin, in milliseconds since 1970. */
  readonly dueAt: number;
  /** Enough newer runs keep their jobs. */
  readonly surplus: boolean;
  readonly work: WorkView;
  /** Why its newest try was not begun; absent: its secrets could be had. */
  readonly secret?: SecretProblem;
}

/** What the stream wants of a run's job. `trial`: of a run that is unfinished. */
export function desiredJobOf(trial: number | undefined, surplus: boolean): DesiredJob {
  if (trial !== undefined) return { kind: 'run', version: String(trial) };
  return { kind: surplus ? 'gone' : 'over' };
}

/** Whether the job was told to carry out the newest try: what it says before that is about an older one. */
export function reportsNewestAttempt(run: RunProgress): boolean {
  return run.work.asked !== null && run.work.asked === evaluationOf(jobIdOf(run.taskId, run.run), { to: 'be', version: String(startNumberOf(run)) });
}

/** What became of the newest try; undefined: it is not over. A job that somebody else stopped or removed has failed. */
export function outcomeOf(run: RunProgress): Outcome | 'lost' | undefined {
  const { work } = run;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !reportsNewestAttempt(run)) return undefined;
  if (work.finished === 'complete') return 'success';
  const slot = slotOf(work);
  if (slot?.released === 'lost' || slot?.ended === 'lost') return 'lost';
  return isOverdue(taskOf(slot)?.error ?? slot?.message ?? null) ? 'timeout' : 'failed';
}

/** From when on something has yet to follow, in milliseconds since 1970; `undefined`: nothing has. */
export function nextStep(run: RunProgress): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const unfinished = run.ended === null;
  if (unfinished && outcomeOf(run) !== undefined) return { step: 'settle', at: 0 };
  const step = stepOf(jobIdOf(run.taskId, run.run), desiredJobOf(unfinished ? startNumberOf(run) : undefined, run.surplus), jobProgressOf(run.work));
  if (step === undefined) return undefined;
  return { step, at: unfinished ? run.dueAt : 0 };
}

/** What holds the run's one slot, or held it last. */
export function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[RUN_GROUP]?.slots[0] ?? null;
}

/** What holds the slot for the newest try, or held it last; null: that one was not placed, and what its job shows is about an older one. */
export function newestSlot(run: RunProgress): WorkSlot | null {
  return reportsNewestAttempt(run) ? slotOf(run.work) : null;
}

export function taskOf(slot: WorkSlot | null): WorkTask | undefined {
  return slot?.tasks[RUN_TASK];
}
