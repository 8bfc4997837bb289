import t from 'tap';
import { nextStep, type RunProgress, type TaskCommand } from '#domain/tasks/task/index.js';
import { runReason } from '#domain/tasks/task/run-reason.js';
import { NO_WORK } from '#domain/work/index.js';
import {
  at,
  cancelled,
  created,
  decide,
  ended,
  fold,
  given,
  MADE,
  ran,
  settle,
  skipped,
  trigger,
  triggered,
} from './specification.js';

const queue = created({ retryCount: 0 }, { concurrency: 'queue' });
const behind = (event: ReturnType<typeof triggered>, behind: number) =>
  ({ ...event, data: { ...event.data, behind } }) as typeof event;
const expire = (run: number, now: number): TaskCommand => ({ kind: 'expire', taskId: 7, run, now });
const expired = { ...ended(1, 'failed'), data: { ...ended(1, 'failed').data, expired: true } } as ReturnType<
  typeof ended
>;

void t.test('with queue, whatever creates a run, it waits for the earlier ones', async (t) => {
  given(queue)
    .when(trigger, trigger)
    .then(t, triggered(1), behind(triggered(2), 1));
  given(queue, triggered(1))
    .when(decide('2026-01-01T02:00:00Z'))
    .then(t, behind(ran(2, '2026-01-01T02:00:00Z'), 1));
  given(queue, triggered(1))
    .when({
      kind: 'backfill',
      taskId: 7,
      span: { from: at('2025-12-01T00:00:00Z'), to: at('2025-12-03T00:00:00Z') },
      now: MADE + 1,
      permitted: true,
    })
    .then(t, {
      type: 'TaskBackfilled',
      data: {
        taskId: 7,
        from: at('2025-12-01T00:00:00Z'),
        until: at('2025-12-03T00:00:00Z') - 1,
        slots: [at('2025-12-01T02:00:00Z'), at('2025-12-02T02:00:00Z')],
        run: 2,
        keptFrom: 1,
        attempts: 1,
        tenantId: 't1',
        behind: 1,
      },
    });
});

void t.test('each end lets later runs move up, and only these', async (t) => {
  const state = fold([
    queue,
    triggered(1),
    behind(triggered(2), 1),
    behind(triggered(3), 2),
    behind(triggered(4), 3),
    cancelled('requested', 3),
    ended(1),
  ]);
  t.equal(state.kind, 'present');
  if (state.kind !== 'present') return;
  t.strictSame(
    [...state.runs.values()].map(({ run, behind }) => [run, behind]),
    [
      [2, 0],
      [4, 1],
    ],
  );
});

const waiting: RunProgress = {
  taskId: 7,
  run: 2,
  ended: null,
  attempt: 1,
  lost: 0,
  dueAt: 1000,
  surplus: false,
  work: NO_WORK,
};

void t.test('a queued run has no step until it is the first, and says what it waits for', async (t) => {
  t.equal(nextStep({ ...waiting, behind: 1 }), undefined);
  t.equal(runReason({ ...waiting, behind: 1 }, null, 2000), 'waiting_for_earlier_run');
  t.strictSame(nextStep({ ...waiting, behind: 0 }), { step: 'begin', at: 1000 });
});

void t.test('a run that is not placed in time ends as failed, because it expired', async (t) => {
  const bounded = created({ startWithinSeconds: 60 });
  const first = triggered(1);
  const withBound = { ...first, data: { ...first.data, startWithinSeconds: 60 } } as typeof first;
  given(bounded).when(trigger).then(t, withBound);
  const due = MADE + 1;
  given(bounded, withBound)
    .when(expire(1, due + 59_999))
    .then(t);
  given(bounded, withBound)
    .when(expire(1, due + 60_000))
    .then(t, expired);
  given(bounded, withBound)
    .when(settle(1, 1, 'lost'), expire(1, due + 90_000))
    .thenTypes(t, 'TaskRunRetried');
  t.strictSame(nextStep({ ...waiting, behind: 1, expiresAt: 5000 }), { step: 'settle', at: 5000 });
  t.strictSame(nextStep({ ...waiting, work: { ...NO_WORK, job: 'begun' }, expiresAt: 500 }), {
    step: 'settle',
    at: 500,
  });
  t.equal(runReason({ ...waiting, ended: 'failed', expired: true }, null, 0), 'expired');
});

void t.test('a missed slot runs only within its bound, and not after the end of the schedule', async (t) => {
  const late = created({}, { misfireWithinSeconds: 600 });
  given(late).when(decide('2026-01-01T02:10:00Z')).then(t, ran(1, '2026-01-01T02:00:00Z'));
  given(late).when(decide('2026-01-01T02:10:01Z')).then(t, skipped('missed', '2026-01-01T02:00:00Z'));
  const over = created({}, { endAt: at('2026-01-01T02:00:00Z') });
  const first = ran(1, '2026-01-01T02:00:00Z');
  given(over)
    .when(decide('2026-01-01T02:00:59Z'))
    .then(t, { ...first, data: { ...first.data, startWithinSeconds: 60 } } as typeof first);
  given(over).when(decide('2026-01-01T02:01:01Z')).then(t, skipped('missed', '2026-01-01T02:00:00Z'));
});
