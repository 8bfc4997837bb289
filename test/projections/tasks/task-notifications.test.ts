import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { evaluationOf } from '#domain/work/index.js';
import {
  MAX_RETAINED_NOTIFICATIONS,
  nextNotificationStep,
  notificationJobOf,
  notificationReason,
  notificationStatus,
  RUN_GROUP,
} from '#domain/tasks/task/index.js';
import { HOOK } from '../../fixtures/hook.js';
import { taskNotifications, type TaskNotificationDocument } from '#projections/tasks/task-notifications.js';
import {
  completed,
  deleted,
  failed,
  finished,
  group,
  place,
  placed,
  released,
  specification,
  specified,
  started,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter, plainFold } from '../plain-fold.js';

const JOB = notificationJobOf(1, 1);
const told = (notice: number): MusterEvent => ({
  type: 'TaskNoticeDecided',
  data: { taskId: 1, notice, on: 'missed', to: HOOK, slots: { slot: 0, until: 0, count: 1 } },
});
const retried: MusterEvent = {
  type: 'TaskNoticeRetried',
  data: { taskId: 1, notice: 1, attempt: 2, dueAt: 9_000_000_000_000 },
};
const over = (notice = 1): MusterEvent => ({
  type: 'TaskNoticeEnded',
  data: { taskId: 1, notice, outcome: 'delivered' },
});
const asked = (attempt: number): MusterEvent =>
  specified(
    attempt === 1 ? 'JobSubmitted' : 'JobUpdated',
    JOB,
    specification(group(RUN_GROUP)),
    evaluationOf(JOB, { to: 'be', version: String(attempt) }),
  );
const shown = (...events: readonly MusterEvent[]): TaskNotificationDocument | undefined =>
  documentAfter<TaskNotificationDocument>(taskNotifications, recorded(events), JOB);
const after = (...events: readonly MusterEvent[]): readonly unknown[] => {
  const notice = shown(...events);
  if (notice === undefined) throw new Error('there is none');
  return [
    notificationStatus(notice),
    notificationReason(notice, 8_000_000_000_000) ?? null,
    nextNotificationStep(notice)?.step ?? null,
  ];
};

void t.test('derives status, reason and next step of a notification from its stream and job', async (t) => {
  const at = place('a1', JOB, 0, RUN_GROUP);
  const once = [told(1), asked(1), placed(at), started(at)];
  t.same(after(told(1)), ['pending', 'being_placed', 'begin']);
  t.same(after(told(1), asked(1), placed(at)), ['pending', 'starting', null]);
  t.same(after(...once), ['sending', null, null]);
  t.same(after(...once, completed(at), released(at, 'complete'), finished(JOB, 0, 'complete')), [
    'sending',
    null,
    'settle',
  ]);
  const missed = [...once, failed(at), released(at, 'failed'), finished(JOB, 0, 'failed')];
  t.same(after(...missed), ['sending', null, 'settle']);
  t.same(after(...missed, retried), ['retrying', 'not_due', 'update']);
  t.equal(nextNotificationStep(shown(...missed, retried)!)?.at, 9_000_000_000_000);
  t.same(after(...missed, over()), ['delivered', null, 'forget']);
  t.same(after(...missed, over(), deleted(JOB)), ['delivered', null, null]);
  t.same(after(told(1), asked(1), deleted(JOB)), ['pending', 'being_placed', 'settle']);
});

void t.test('drops old notifications and those of a deleted task once their jobs are gone', async (t) => {
  const gone: MusterEvent = { type: 'TaskDeleted', data: { taskId: 1 } };
  t.same(plainFold(taskNotifications, recorded([told(1), told(2), gone])).size, 0);
  t.same(after(told(1), asked(1), gone), ['dropped', null, 'stop']);
  t.equal(shown(told(1), asked(1), gone, deleted(JOB)), undefined);
  t.same(
    [
      ...plainFold(
        taskNotifications,
        recorded([told(1), over(), told(2), told(MAX_RETAINED_NOTIFICATIONS + 1)]),
      ).keys(),
    ],
    [notificationJobOf(1, 2), notificationJobOf(1, MAX_RETAINED_NOTIFICATIONS + 1)],
  );
});
