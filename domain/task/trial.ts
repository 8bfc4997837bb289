import { evaluationOf, stepOf, standingOf, type Want, type WorkSlot, type WorkStep, type WorkTask, type WorkView } from '../owned-work/index.js';
import { isOverdue } from '../protocol/index.js';
import type { Outcome } from './events.js';
import { jobIdOf } from './identifier.js';
import { RUN_GROUP, RUN_TASK } from './job.js';
import type { SecretProblem } from './references.js';
import { trialOf } from './state.js';

/** A run, as far as what has yet to follow is seen by it. */
export interface StandingRun {
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
export function wantOf(trial: number | undefined, surplus: boolean): Want {
  if (trial !== undefined) return { kind: 'run', version: String(trial) };
  return { kind: surplus ? 'gone' : 'over' };
}

/** Whether the job was told to carry out the newest try: what it says before that is about an older one. */
export function isTold(run: StandingRun): boolean {
  return run.work.asked !== null && run.work.asked === evaluationOf(jobIdOf(run.taskId, run.run), { to: 'be', version: String(trialOf(run)) });
}

/** What became of the newest try; undefined: it is not over. A job that somebody else stopped or removed has failed. */
export function becameOf(run: StandingRun): Outcome | 'lost' | undefined {
  const { work } = run;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !isTold(run)) return undefined;
  if (work.finished === 'complete') return 'success';
  const slot = slotOf(work);
  if (slot?.released === 'lost' || slot?.ended === 'lost') return 'lost';
  return isOverdue(taskOf(slot)?.error ?? slot?.message ?? null) ? 'timeout' : 'failed';
}

/** From when on something has yet to follow, in milliseconds since 1970; `undefined`: nothing has. */
export function nextStep(run: StandingRun): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const unfinished = run.ended === null;
  if (unfinished && becameOf(run) !== undefined) return { step: 'settle', at: 0 };
  const step = stepOf(jobIdOf(run.taskId, run.run), wantOf(unfinished ? trialOf(run) : undefined, run.surplus), standingOf(run.work));
  if (step === undefined) return undefined;
  return { step, at: unfinished ? run.dueAt : 0 };
}

/** What holds the run's one slot, or held it last. */
export function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[RUN_GROUP]?.slots[0] ?? null;
}

/** What holds the slot for the newest try, or held it last; null: that one was not placed, and what its job shows is about an older one. */
export function newestSlot(run: StandingRun): WorkSlot | null {
  return isTold(run) ? slotOf(run.work) : null;
}

export function taskOf(slot: WorkSlot | null): WorkTask | undefined {
  return slot?.tasks[RUN_TASK];
}
