import { evaluationOf, stepOf, jobProgressOf, type DesiredJob, type WorkStep, type WorkView } from '../owned-work/index.js';
import type { SeenEnd, Outcome } from './events.js';
import { notificationJobOf } from './identifier.js';
import type { NotificationOutcome } from './notification.js';
import type { RunReason } from './reasons.js';
import { runReason, waitingFor } from './run-reason.js';
import { slotOf, taskOf, type RunProgress } from './run-progress.js';

/** A notice, as far as what has yet to follow is seen by it. */
export interface NotificationProgress {
  readonly taskId: number;
  readonly notice: number;
  /** Null: it is to be delivered still. */
  readonly ended: NotificationOutcome | null;
  readonly attempt: number;
  /** When its newest attempt may begin, in milliseconds since 1970. */
  readonly dueAt: number;
  readonly work: WorkView;
}

/** What the stream wants of a notice's job. `attempt`: of a notice that is to be delivered still. */
export function desiredNotificationJob(attempt: number | undefined): DesiredJob {
  return attempt === undefined ? { kind: 'gone' } : { kind: 'run', version: String(attempt) };
}

/** What became of the newest attempt; undefined: it is not over. A job that somebody else stopped or removed has failed. */
export function notificationOutcomeOf(notice: NotificationProgress): 'delivered' | 'failed' | undefined {
  const { work } = notice;
  if (work.job === 'stopped' || work.job === 'forgotten') return 'failed';
  if (work.finished === null || !reportsNewestAttempt(notice)) return undefined;
  return work.finished === 'complete' ? 'delivered' : 'failed';
}

/** From when on something has yet to follow, in milliseconds since 1970; `undefined`: nothing has. */
export function nextNotificationStep(notice: NotificationProgress): { readonly step: 'settle' | WorkStep; readonly at: number } | undefined {
  const { taskId, ended, attempt, dueAt, work } = notice;
  const open = ended === null;
  if (open && notificationOutcomeOf(notice) !== undefined) return { step: 'settle', at: 0 };
  const step = stepOf(notificationJobOf(taskId, notice.notice), desiredNotificationJob(open ? attempt : undefined), jobProgressOf(work));
  return step && { step, at: open ? dueAt : 0 };
}

export const NOTIFICATION_STATUSES = ['pending', 'sending', 'retrying', 'delivered', 'failed', 'dropped'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** How a notice is. `retrying`: it has been tried, and is to be tried again. */
export function notificationStatus(notice: NotificationProgress): NotificationStatus {
  if (notice.ended !== null) return notice.ended;
  if (reportsNewestAttempt(notice) && slotOf(notice.work)?.ran === true) return 'sending';
  return notice.attempt > 1 ? 'retrying' : 'pending';
}

/** What a notice waits for; undefined: nothing. `now`: milliseconds since 1970. */
export function notificationReason(notice: NotificationProgress, now: number): RunReason | undefined {
  return notice.ended === null ? waitingFor(notice.work, reportsNewestAttempt(notice), notice.dueAt, now) : undefined;
}

/** The job was told of the newest attempt: what it says before that is about an older one. */
function reportsNewestAttempt({ taskId, notice, attempt, work }: NotificationProgress): boolean {
  return work.asked !== null && work.asked === evaluationOf(notificationJobOf(taskId, notice), { to: 'be', version: String(attempt) });
}

/** What a notice can tell of a run that became so. */
export function seenOf(run: RunProgress, became: Outcome | 'lost'): SeenEnd {
  const slot = slotOf(run.work);
  const task = taskOf(slot);
  const seen = {
    reason: runReason({ ...run, ended: became === 'lost' ? 'failed' : became }, null, 0),
    ...{ worker: slot?.nodeId, startedAt: task?.startTime, endedAt: task?.endTime, exitCode: task?.exitCode },
    ...{ message: task?.error ?? task?.message ?? slot?.message, resultAt: task?.resultAt },
  };
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined && value !== null));
}
