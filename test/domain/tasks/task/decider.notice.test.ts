import t from 'tap';
import type { Notify, SeenEnd, TaskCommand, TaskEvent, TaskEventOf } from '#domain/tasks/task/index.js';
import { HOOK } from '../../../fixtures/hook.js';
import {
  at,
  created,
  decide,
  ended,
  given,
  MADE,
  ran,
  settle,
  skipped,
  trigger,
  triggered,
} from './specification.js';

const telling = (...on: Notify['on']): TaskEvent =>
  created({ notify: { on, to: HOOK } }, { concurrency: 'allow' });
const told = (
  notice: number,
  on: 'failure' | 'recovery' | 'success',
  run: number,
  outcome: 'success' | 'failed' | 'timeout',
  seen: SeenEnd = {},
): TaskEventOf<'TaskNoticeDecided'> => ({
  type: 'TaskNoticeDecided',
  data: {
    taskId: 7,
    notice,
    on,
    to: HOOK,
    run: { run, outcome, trigger: 'manual', slot: null, attempt: 1, ...seen },
  },
});
const toldMissed = (notice: number, slot: string, until: string, count: number | null): TaskEvent => ({
  type: 'TaskNoticeDecided',
  data: { taskId: 7, notice, on: 'missed', to: HOOK, slots: { slot: at(slot), until: at(until), count } },
});
const retried = (notice: number, attempt: number, dueAt: number): TaskEvent => ({
  type: 'TaskNoticeRetried',
  data: { taskId: 7, notice, attempt, dueAt },
});
const over = (notice: number, outcome: 'delivered' | 'failed' | 'dropped'): TaskEvent => ({
  type: 'TaskNoticeEnded',
  data: { taskId: 7, notice, outcome },
});
const became = (notice: number, attempt: number, became: 'delivered' | 'failed'): TaskCommand => ({
  kind: 'settleNotice',
  taskId: 7,
  notice,
  attempt,
  became,
  now: MADE,
});

void t.test('a run that waits too long for its first worker is notified once', async (t) => {
  const notify: Notify = { on: ['failure'], to: HOOK, waitingSeconds: 60 };
  const waiting = (now: number): TaskCommand => ({
    kind: 'tellWaiting',
    taskId: 7,
    run: 1,
    now,
    reason: 'no_suitable_worker',
  });
  const begun = {
    type: 'TaskTriggered',
    data: { ...(triggered(1) as TaskEventOf<'TaskTriggered'>).data, noticeAfterSeconds: 60 },
  } as const;
  given(created({ notify })).when(trigger).then(t, begun);
  const due = MADE + 1;
  const notice = {
    type: 'TaskNoticeDecided',
    data: {
      taskId: 7,
      notice: 1,
      on: 'waiting',
      to: HOOK,
      waits: { run: 1, trigger: 'manual', slot: null, since: due, reason: 'no_suitable_worker' },
    },
  } as const;
  given(created({ notify }), begun)
    .when(waiting(due + 59_999), waiting(due + 60_000), waiting(due + 60_001))
    .then(t, notice);
  given(created({ notify }), begun, ended(1))
    .when(waiting(due + 60_000))
    .then(t);
  given(created(), triggered(1))
    .when(waiting(due + 60_000))
    .then(t);
});

void t.test('a notification is decided once, in the same append as the end of its run', async (t) => {
  const seen: SeenEnd = {
    reason: 'exited',
    worker: 'n1',
    startedAt: 1,
    endedAt: 2,
    exitCode: 3,
    message: 'said',
    resultAt: 9,
  };
  const failed = { ...settle(1, 1, 'failed'), seen } as TaskCommand;
  given(telling('failure'), triggered(1))
    .when(failed, failed)
    .then(t, ended(1, 'failed'), told(1, 'failure', 1, 'failed', seen));
  given(telling('failure'), triggered(1))
    .when(settle(1, 1, 'timeout'))
    .then(t, ended(1, 'timeout'), told(1, 'failure', 1, 'timeout'));
  given(telling('failure'), triggered(1))
    .when(settle(1, 1, 'success'))
    .then(t, ended(1));
  given(telling('recovery', 'missed'), triggered(1))
    .when(settle(1, 1, 'failed'))
    .then(t, ended(1, 'failed'));
  given(telling('success'), triggered(1), triggered(2))
    .when(settle(2, 1, 'success'), settle(1, 1, 'success'))
    .then(t, ended(2), told(1, 'success', 2, 'success'), ended(1), told(2, 'success', 1, 'success'));
  given(created(), triggered(1))
    .when(settle(1, 1, 'failed'))
    .then(t, ended(1, 'failed'));
});

void t.test('a run that is retried, cancelled or deleted creates no notification', async (t) => {
  const retrying = created({ retryCount: 1, notify: { on: ['failure'], to: HOOK } });
  given(retrying, triggered(1, 2))
    .when(settle(1, 1, 'failed', '2026-01-02T00:00:00Z'))
    .then(t, {
      type: 'TaskRunRetried',
      data: { taskId: 7, run: 1, attempt: 2, after: 'failed', dueAt: at('2026-01-02T00:00:10Z') },
    });
  given(telling('failure', 'success', 'missed'), triggered(1))
    .when({ kind: 'cancel', taskId: 7, run: 1, now: 0 })
    .then(t, { type: 'TaskRunsCancelled', data: { taskId: 7, runs: [1], reason: 'requested' } });
  given(telling('failure', 'success', 'missed'), triggered(1))
    .when({ kind: 'delete', taskId: 7 }, settle(1, 1, 'failed'), became(1, 1, 'failed'))
    .then(t, { type: 'TaskDeleted', data: { taskId: 7 } });
});

void t.test(
  'the first success after a failure is a recovery, or a success if only successes are requested',
  async (t) => {
    const runs = [triggered(1), triggered(2), triggered(3)];
    for (const [on, event] of [
      [['recovery'], 'recovery'],
      [['success', 'recovery'], 'recovery'],
      [['success'], 'success'],
    ] as const)
      given(telling(...on), ...runs, ended(1, 'timeout'))
        .when(settle(2, 1, 'success'))
        .then(t, ended(2), told(1, event, 2, 'success'));
    given(telling('recovery'), ...runs, ended(1, 'failed'), ended(2))
      .when(settle(3, 1, 'success'))
      .then(t, ended(3));
    given(telling('recovery'), ...runs)
      .when(settle(1, 1, 'success'))
      .then(t, ended(1));
  },
);

void t.test('missed slots create one notification, however many events record them', async (t) => {
  const missing = (misfire: 'skip' | 'once', on: Notify['on'] = ['missed']): TaskEvent =>
    created({ notify: { on, to: HOOK } }, { misfire });
  given(missing('skip'))
    .when(decide('2026-01-04T03:00:00Z'))
    .then(
      t,
      skipped('missed', '2026-01-01T02:00:00Z', '2026-01-03T02:00:00Z', 3),
      skipped('missed', '2026-01-04T02:00:00Z'),
      toldMissed(1, '2026-01-01T02:00:00Z', '2026-01-04T02:00:00Z', 4),
    );
  given(missing('once'))
    .when(decide('2026-01-03T03:00:00Z'))
    .then(
      t,
      skipped('missed', '2026-01-01T02:00:00Z', '2026-01-02T02:00:00Z', 2),
      ran(1, '2026-01-03T02:00:00Z'),
      toldMissed(1, '2026-01-01T02:00:00Z', '2026-01-02T02:00:00Z', 2),
    );
  given(missing('skip', ['failure']))
    .when(decide('2026-01-01T03:00:00Z'))
    .then(t, skipped('missed', '2026-01-01T02:00:00Z'));
  given(missing('skip'), triggered(1))
    .when(decide('2026-01-01T02:00:00Z'))
    .then(t, skipped('forbidden', '2026-01-01T02:00:00Z'));
});

void t.test(
  'a notification is retried with a growing back-off until it is delivered or out of attempts',
  async (t) => {
    const open = [telling('failure'), triggered(1), ended(1, 'failed'), told(1, 'failure', 1, 'failed')];
    given(...open)
      .when(became(1, 1, 'delivered'), became(1, 1, 'failed'))
      .then(t, over(1, 'delivered'));
    given(...open)
      .when(became(1, 1, 'failed'), became(1, 1, 'failed'), became(1, 2, 'failed'), became(1, 3, 'delivered'))
      .then(t, retried(1, 2, MADE + 5_000), retried(1, 3, MADE + 10_000), over(1, 'delivered'));
    given(...open, retried(1, 8, MADE))
      .when(became(1, 8, 'failed'))
      .then(t, over(1, 'failed'));
    given(...open)
      .when(became(2, 1, 'failed'))
      .then(t);
  },
);

void t.test('the oldest of more than 100 waiting notifications is dropped', async (t) => {
  const waiting = Array.from({ length: 100 }, (_, index) => told(index + 1, 'failure', 1, 'failed'));
  given(telling('failure'), triggered(1), ...waiting)
    .when(settle(1, 1, 'failed'))
    .then(t, ended(1, 'failed'), over(1, 'dropped'), told(101, 'failure', 1, 'failed'));
});
