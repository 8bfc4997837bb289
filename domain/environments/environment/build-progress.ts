import {
  jobProgressOf,
  stepOf,
  type DesiredJob,
  type WorkSlot,
  type WorkTask,
  type WorkView,
  type WorkStep,
} from '../../work/index.js';
import { isOverdue } from '../../protocol/index.js';
import type { BUILD_FAILURES } from './events.js';
import { buildJobOf } from './identifier.js';
import { BUILD_GROUP, BUILD_TASK } from './job.js';

export const BUILD_OUTCOMES = ['built', 'planned', 'failed', 'cancelled'] as const;
export type BuildOutcome = (typeof BUILD_OUTCOMES)[number];

export interface BuildProgress {
  readonly environmentId: string;
  readonly build: number;
  readonly behind: readonly number[];
  readonly outcome: BuildOutcome | null;
  /** When its job may be forgotten, in milliseconds since 1970. Null while it is among the newest builds. */
  readonly goneAt: number | null;
  readonly work: WorkView;
}

/** `turn`: whether this is the oldest unfinished build, or undefined if the build has ended. */
export function desiredJobOf(turn: boolean | undefined, gone: boolean): DesiredJob | undefined {
  if (turn === undefined) return { kind: gone ? 'gone' : 'over' };
  return turn ? { kind: 'run' } : undefined;
}

/** How the build's job ended: where its result is stored, or why there is none. */
export type JobEnd =
  | { readonly worker: string; readonly resultAt: number }
  | {
      readonly worker?: string;
      readonly why: Extract<(typeof BUILD_FAILURES)[number], 'not_run' | 'timeout' | 'lost'>;
    };

export function endOf({ work }: Pick<BuildProgress, 'work'>): JobEnd | undefined {
  if (work.finished === null && work.job !== 'stopped' && work.job !== 'forgotten') return undefined;
  const slot = slotOf(work);
  const task = taskOf(slot);
  if (slot !== null && task?.resultAt !== undefined) return { worker: slot.nodeId, resultAt: task.resultAt };
  const worker = slot === null ? {} : { worker: slot.nodeId };
  if (slot?.released === 'lost' || slot?.ended === 'lost') return { ...worker, why: 'lost' };
  return { ...worker, why: isOverdue(task?.error ?? slot?.message ?? null) ? 'timeout' : 'not_run' };
}

export function nextBuildStep(
  build: BuildProgress,
): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const { outcome, behind, goneAt, work } = build;
  const open = outcome === null;
  if (open && endOf(build) !== undefined) return { step: 'settle', at: 0 };
  const jobId = buildJobOf(build.environmentId, build.build);
  const standing = jobProgressOf(work);
  const want = desiredJobOf(open ? behind.length === 0 : undefined, false);
  const step = want && stepOf(jobId, want, standing);
  if (step !== undefined) return { step, at: 0 };
  const later = open || goneAt === null ? undefined : stepOf(jobId, { kind: 'gone' }, standing);
  return later && goneAt !== null ? { step: later, at: goneAt } : undefined;
}

export type BuildStatus = 'waiting' | 'placing' | 'building' | BuildOutcome;

/** `waiting` means waiting for another build of the environment, and `placing` for a node. */
export function buildStatus({ outcome, behind, work }: BuildProgress): BuildStatus {
  if (outcome !== null) return outcome;
  if (behind.length > 0) return 'waiting';
  return slotOf(work)?.ran === true ? 'building' : 'placing';
}

export function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[BUILD_GROUP]?.slots[0] ?? null;
}

export function taskOf(slot: WorkSlot | null): WorkTask | undefined {
  return slot?.tasks[BUILD_TASK];
}
