import {
  evaluationOf,
  stepOf,
  jobProgressOf,
  type DesiredJob,
  type WorkStep,
  type WorkView,
} from '../../work/index.js';
import type { SeenEnd, Outcome } from './events.js';
import { notificationJobOf } from './identifier.js';
import type { NotificationOutcome } from './notification.js';
import type { RunReason } from './reasons.js';
import { runReason, waitingFor } from './run-reason.js';
import { messageOfSlot, slotOf, taskOf, type RunProgress } from './run-progress.js';

export interface NotificationProgress {
  readonly taskId: number;
  readonly notice: number;
  readonly ended: NotificationOutcome | null;
  readonly attempt: number;
  readonly dueAt: number;
  readonly work: WorkView;
}

/** `attempt` is undefined once the notification has ended. */
export function desiredNotificationJob(attempt: number | undefined): DesiredJob {
  return attempt === undefined ? { kind: 'gone' } : { kind: 'run', version: String(attempt) };
}

/** Returns the outcome of the latest attempt, or undefined if it is unfinished. A job that was stopped or removed counts as failed. */
export function notificationOutcomeOf(notice: NotificationProgress): 'delivered' | 'failed' | undefined {
  const { work } = notice;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !reportsNewestAttempt(notice)) return undefined;
  return work.finished === 'complete' ? 'delivered' : 'failed';
}

/** Returns the next step and when it is due, in milliseconds since 1970, or undefined if there is none. */
export function nextNotificationStep(
  notice: NotificationProgress,
): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const { taskId, ended, attempt, dueAt, work } = notice;
  const open = ended === null;
  if (open && notificationOutcomeOf(notice) !== undefined) return { step: 'settle', at: 0 };
  const step = stepOf(
    notificationJobOf(taskId, notice.notice),
    desiredNotificationJob(open ? attempt : undefined),
    jobProgressOf(work),
  );
  return step && { step, at: open ? dueAt : 0 };
}

export const NOTIFICATION_STATUSES = [
  'pending',
  'sending',
  'retrying',
  'delivered',
  'failed',
  'dropped',
] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export function notificationStatus(notice: NotificationProgress): NotificationStatus {
  if (notice.ended !== null) return notice.ended;
  if (reportsNewestAttempt(notice) && slotOf(notice.work)?.ran === true) return 'sending';
  return notice.attempt > 1 ? 'retrying' : 'pending';
}

/** Returns what the notification is waiting for, or undefined if it is not waiting. `now` is in milliseconds since 1970. */
export function notificationReason(notice: NotificationProgress, now: number): RunReason | undefined {
  return notice.ended === null
    ? waitingFor(notice.work, reportsNewestAttempt(notice), notice.dueAt, now)
    : undefined;
}

function reportsNewestAttempt({ taskId, notice, attempt, work }: NotificationProgress): boolean {
  return (
    work.asked !== null &&
    work.asked === evaluationOf(notificationJobOf(taskId, notice), { to: 'be', version: String(attempt) })
  );
}

/** Returns the details that the notification about a run with this outcome contains. */
export function seenOf(run: RunProgress, became: Outcome | 'lost' | 'refused'): SeenEnd {
  const slot = slotOf(run.work);
  const task = taskOf(slot);
  const seen = {
    reason: runReason(
      { ...run, ended: became === 'lost' || became === 'refused' ? 'failed' : became },
      null,
      0,
    ),
    worker: slot?.nodeId,
    startedAt: task?.startTime,
    endedAt: task?.endTime,
    exitCode: task?.exitCode,
    message: messageOfSlot(slot),
    resultAt: task?.resultAt,
  };
  return Object.fromEntries(
    Object.entries(seen).filter(([, value]) => value !== undefined && value !== null),
  );
}
