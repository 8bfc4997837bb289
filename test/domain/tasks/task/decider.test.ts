import fc from 'fast-check';
import t from 'tap';
import { tasks, type PresentTask, type TaskCommand, type TaskEvent } from '#domain/tasks/task/index.js';
import { plainTask as task } from '../../../fixtures/plain-task.js';
import {
  at,
  MADE,
  given,
  fold,
  of,
  created,
  decide,
  ran,
  skipped,
  ended,
  cancelled,
  status,
  set,
  trigger,
  triggered,
  settle,
} from './specification.js';

void t.test('a slot that is due runs once', async (t) => {
  given(created()).when(decide('2026-01-01T01:59:59.999Z')).then(t);
  given(created()).when(decide('2026-01-01T02:00:00Z')).then(t, ran(1, '2026-01-01T02:00:00Z'));
  given(created())
    .when(decide('2026-01-01T02:00:59Z'), decide('2026-01-01T02:00:59Z'))
    .then(t, ran(1, '2026-01-01T02:00:00Z'));
  given(created(), ran(1, '2026-01-01T02:00:00Z'), ended(1))
    .when(decide('2026-01-02T02:00:05Z'))
    .then(t, ran(2, '2026-01-02T02:00:00Z'));
  given(created(), ran(1, '2026-01-02T02:00:00Z')).when(decide('2026-01-01T02:00:00Z')).then(t);
});

void t.test(
  'of several misfires the newest slot runs, and the older ones are skipped as one span',
  async (t) => {
    const older = skipped('missed', '2026-01-01T02:00:00Z', '2026-01-04T02:00:00Z', 4);
    given(created()).when(decide('2026-01-05T12:00:00Z')).then(t, older, ran(1, '2026-01-05T02:00:00Z'));
    const skip = created({}, { misfire: 'skip' });
    given(skip)
      .when(decide('2026-01-05T12:00:00Z'))
      .then(t, older, skipped('missed', '2026-01-05T02:00:00Z'));
    given(skip).when(decide('2026-01-05T02:01:00Z')).then(t, older, ran(1, '2026-01-05T02:00:00Z'));
    given(skip).when(decide('2026-01-01T02:01:00.001Z')).then(t, skipped('missed', '2026-01-01T02:00:00Z'));
    given(created({}, { pattern: '* * * * * *' }))
      .when(decide('2026-12-31T00:00:00Z'))
      .then(
        t,
        skipped('missed', '2026-01-01T00:00:01Z', '2026-12-30T23:59:59Z', null),
        ran(1, '2026-12-31T00:00:00Z'),
      );
  },
);

void t.test(
  'the overlap policy decides whether a slot is skipped, replaces active runs or runs alongside them',
  async (t) => {
    const first = ran(1, '2026-01-01T02:00:00Z');
    given(created(), first)
      .when(decide('2026-01-02T02:00:00Z'))
      .then(t, skipped('forbidden', '2026-01-02T02:00:00Z'));
    given(created(), triggered(1))
      .when(decide('2026-01-01T02:00:00Z'))
      .then(t, skipped('forbidden', '2026-01-01T02:00:00Z'));
    given(created({}, { concurrency: 'allow' }), first)
      .when(decide('2026-01-02T02:00:00Z'))
      .then(t, ran(2, '2026-01-02T02:00:00Z'));
    given(created({}, { concurrency: 'replace' }), first, triggered(2))
      .when(decide('2026-01-02T02:00:00Z'))
      .then(t, cancelled('replaced', 1, 2), ran(3, '2026-01-02T02:00:00Z'));
  },
);

void t.test('a slot is skipped while a quota is used up, and the next one runs', async (t) => {
  const [first, second] = ['2026-01-01T02:00:00Z', '2026-01-02T02:00:00Z'];
  given(created())
    .when({ ...decide(first), overQuota: true } as TaskCommand, decide(first), decide(second))
    .then(t, skipped('over_quota', first), ran(1, second));
  given(created())
    .when({ ...decide(first, false), overQuota: true } as TaskCommand)
    .then(t, skipped('not_permitted', first));
});

void t.test(
  'a task that is not permitted does not run, and its slots are skipped with that reason',
  async (t) => {
    const slot = '2026-01-01T02:00:00Z';
    given(created()).when(decide(slot, false), decide(slot)).then(t, skipped('not_permitted', slot));
    given(created())
      .when(decide('2026-01-03T12:00:00Z', false))
      .then(
        t,
        skipped('missed', slot, '2026-01-02T02:00:00Z', 2),
        skipped('not_permitted', '2026-01-03T02:00:00Z'),
      );
    given(created({}, { concurrency: 'replace' }), triggered(1))
      .when(decide(slot, false))
      .then(t, skipped('not_permitted', slot));
    given(created())
      .when({ ...status('paused', '2026-01-01T02:00:30Z'), permitted: false } as TaskCommand)
      .then(t, skipped('not_permitted', slot), set('paused'));
    given(created())
      .when({ ...trigger, permitted: false } as TaskCommand)
      .refused(t, 'MUSTER_E_TASK_NOT_PERMITTED');
  },
);

void t.test('a task has at most 1,000 unfinished runs', async (t) => {
  const full = Array.from({ length: 1000 }, (_, index) => triggered(index + 1));
  given(created({}, { concurrency: 'allow' }), ...full)
    .when(decide('2026-01-01T02:00:00Z'))
    .then(t, skipped('too_many', '2026-01-01T02:00:00Z'));
  given(created(), ...full)
    .when(trigger)
    .refused(t, 'MUSTER_E_TASK_TOO_MANY_RUNS');
  given(created({}, { concurrency: 'allow' }), ...full.slice(1))
    .when(decide('2026-01-01T02:00:00Z'))
    .then(t, ran(1001, '2026-01-01T02:00:00Z'));
});

void t.test(
  'no slot runs during a pause, and the slots are skipped as one span when the pause ends',
  async (t) => {
    const paused = [created(), set('paused')];
    given(...paused)
      .when(decide('2026-01-03T12:00:00Z'))
      .then(t);
    given(...paused)
      .when(status('active', '2026-01-03T12:00:00Z'), decide('2026-01-03T12:00:00Z'))
      .then(t, skipped('paused', '2026-01-01T02:00:00Z', '2026-01-03T02:00:00Z', 3), set('active'));
    given(...paused)
      .when(status('active', '2026-01-01T01:00:00Z'))
      .then(t, set('active'));
    given(...paused)
      .when(status('disabled', '2026-01-01T12:00:00Z'))
      .then(t, skipped('paused', '2026-01-01T02:00:00Z'), set('disabled'));
    given(created()).when(status('active', '2026-01-01T12:00:00Z')).then(t);
    given(created())
      .when(status('paused', '2026-01-01T02:00:30Z'))
      .then(t, ran(1, '2026-01-01T02:00:00Z'), set('paused'));
    given(...paused)
      .when(trigger)
      .then(t, triggered(1));
    given(created(), set('disabled')).when(trigger).refused(t, 'MUSTER_E_TASK_DISABLED');
  },
);

void t.test(
  'a new timing applies from its change, and slots due before that are decided by the old timing',
  async (t) => {
    const hourly = task({}, { pattern: '@hourly' });
    const update: TaskCommand = {
      kind: 'update',
      ...of,
      definition: hourly,
      now: at('2026-01-01T02:00:30Z'),
      permitted: true,
    };
    given(created())
      .when(update)
      .then(t, ran(1, '2026-01-01T02:00:00Z'), {
        type: 'TaskUpdated',
        data: { ...of, keptFrom: 1, definition: hourly, timedFrom: at('2026-01-01T02:00:30Z') },
      });
    given(created())
      .when({ ...update, definition: task() })
      .then(t);
    const renamed = task({ name: 'other' });
    given(created())
      .when({ ...update, definition: renamed })
      .then(t, { type: 'TaskUpdated', data: { ...of, keptFrom: 1, definition: renamed } });
    const [before, after] = [MADE, at('2026-01-01T05:30:00Z')];
    const state = fold(
      [{ type: 'TaskUpdated', data: { ...of, keptFrom: 1, definition: hourly } }],
      after,
      fold([created()], before),
    ) as PresentTask;
    t.equal(state.decidedUntil, after);
  },
);

void t.test(
  'a new timing applies from its request, not from its append; slots due during a pause are skipped',
  async (t) => {
    const hourly = task({}, { pattern: '@hourly' });
    const asked = at('2026-01-01T01:59:59Z');
    const timed: TaskEvent = {
      type: 'TaskUpdated',
      data: { ...of, keptFrom: 1, definition: hourly, timedFrom: asked },
    };
    const state = fold([timed], at('2026-01-01T02:00:01Z'), fold([created()], MADE)) as PresentTask;
    t.equal(state.decidedUntil, asked, 'the new timing decides the slot at 02:00');
    given(created(), set('paused'))
      .when({ kind: 'update', ...of, definition: hourly, now: at('2026-01-01T02:00:30Z'), permitted: true })
      .then(t, skipped('paused', '2026-01-01T02:00:00Z'), {
        type: 'TaskUpdated',
        data: { ...timed.data, timedFrom: at('2026-01-01T02:00:30Z') },
      } as TaskEvent);
  },
);

void t.test('a schedule means the days that its task says', async (t) => {
  const definition = {
    ...task(),
    timing: { ...task().timing, pattern: '0 0 */2 * 1', dayMatch: 'or' as const },
  };
  given()
    .when({ kind: 'create', now: MADE, task: { ...of, tenantId: 't1', createdBy: 'u1', definition } })
    .then(t, {
      type: 'TaskCreated',
      data: { ...of, tenantId: 't1', createdBy: 'u1', definition, timedFrom: MADE },
    } as TaskEvent);
});

void t.test('a task of an older release keeps a zone that is no longer accepted', async (t) => {
  const definition = (pattern: string, timezone: string) => ({
    ...task(),
    timing: { ...task().timing, pattern, timezone },
  });
  const update = (pattern: string, timezone: string) =>
    given(created({}, { timezone: 'BST' })).when({
      kind: 'update',
      ...of,
      definition: definition(pattern, timezone),
      now: MADE,
      permitted: true,
    }).outcome;
  t.equal(update('7 3 * * *', 'BST').refusals[0], undefined);
  t.match(update('7 3 * * *', 'AST').refusals[0], { code: 'MUSTER_E_INVALID', message: 'IANA' });
});

void t.test('a change that was made from another definition than the present one is refused', async (t) => {
  const change = (former: ReturnType<typeof task>) =>
    given(created()).when({
      kind: 'update',
      ...of,
      definition: { ...task(), description: 'new' },
      former,
      now: MADE,
      permitted: true,
    }).outcome;
  t.match(change({ ...task(), description: 'older' }).refusals[0], { code: 'MUSTER_E_TASK_CHANGED' });
  t.equal(change(task()).refusals[0], undefined);
});

void t.test('a timing that is invalid or never fires is refused', async (t) => {
  for (const [timing, message] of [
    [{ pattern: '61 * * * *' }, 'minute (field 1'],
    [{ timezone: 'Mars/Olympus' }, 'IANA'],
    [{ timezone: 'BST' }, 'IANA'],
    [{ pattern: '0 0 31 2 *' }, 'never fires'],
    [{ endAt: at('2026-01-01T01:00:00Z') }, 'never fires'],
    [{ pattern: undefined, runAt: at('2025-01-01T00:00:00Z') }, 'never fires'],
  ] as const) {
    const { pattern, ...rest } = { ...task().timing, ...timing };
    const definition = { ...task(), timing: { ...rest, ...(pattern !== undefined && { pattern }) } };
    const refusal = given().when({
      kind: 'create',
      now: MADE,
      task: { ...of, tenantId: 't1', createdBy: 'u1', definition },
    }).outcome.refusals[0];
    t.match(refusal, { code: 'MUSTER_E_INVALID', message });
    t.match(
      given(created()).when({ kind: 'update', ...of, definition, now: MADE, permitted: true }).outcome
        .refusals[0],
      {
        code: 'MUSTER_E_INVALID',
        message,
      },
    );
  }
});

void t.test(
  'a failed run is retried with a growing back-off; one that succeeds or is lost too often is not',
  async (t) => {
    const [now, first] = ['2026-01-02T03:00:00Z', triggered(1)];
    const retried = (
      attempt: number,
      seconds: number,
      after: 'failed' | 'timeout' | 'lost' = 'failed',
    ): TaskEvent => ({
      type: 'TaskRunRetried',
      data: { taskId: 7, run: 1, attempt, after, dueAt: at(now) + seconds * 1000 },
    });
    given(created(), first)
      .when(settle(1, 1, 'failed'))
      .then(t, ended(1, 'failed'));
    given(created({ retryCount: 2 }), triggered(1, 3))
      .when(settle(1, 1, 'failed'), settle(1, 2, 'timeout'), settle(1, 3, 'timeout'))
      .then(t, retried(2, 10), retried(3, 20, 'timeout'), ended(1, 'timeout'));
    given(created({ retryCount: 2 }), triggered(1, 3))
      .when(settle(1, 1, 'success'), settle(1, 1, 'failed'))
      .then(t, ended(1));
    given(created({ retryCount: 1 }), first)
      .when(settle(1, 1, 'lost'), settle(1, 2, 'lost'), settle(1, 3, 'lost'), settle(1, 4, 'lost'))
      .then(t, retried(1, 0, 'lost'), retried(1, 0, 'lost'), retried(1, 0, 'lost'), ended(1, 'failed'));
    // A run that no node has started is repeated, regardless of `onLost` and without using up an attempt.
    given(created({ onLost: 'fail', retryCount: 1 }), triggered(1, 2))
      .when(
        settle(1, 1, 'refused'),
        settle(1, 2, 'refused'),
        settle(1, 3, 'refused'),
        settle(1, 4, 'refused'),
      )
      .then(t, retried(1, 2, 'lost'), retried(1, 2, 'lost'), retried(1, 2, 'lost'), ended(1, 'failed'));
    // Late outcomes of older attempts are ignored.
    given(created({ retryCount: 2 }), triggered(1, 3))
      .when(settle(1, 1, 'failed'), settle(1, 1, 'failed'), settle(1, 3, 'failed'))
      .then(t, retried(2, 10));
    given(created({ onLost: 'fail', retryCount: 5 }), first)
      .when(settle(1, 1, 'lost'))
      .then(t, ended(1, 'failed'));
    given(created({ retryCount: 3 }), first, cancelled('requested', 1))
      .when(settle(1, 1, 'failed'))
      .then(t);
    const changed: TaskEvent = {
      type: 'TaskUpdated',
      data: { ...of, keptFrom: 1, definition: task({ retryCount: 0 }) },
    };
    given(created({ retryCount: 1 }), first, changed)
      .when(settle(1, 1, 'failed'))
      .then(t, retried(2, 10));
  },
);

void t.test('only an unfinished run can be cancelled', async (t) => {
  const cancel = (run: number): TaskCommand => ({ kind: 'cancel', taskId: 7, run, now: 0 });
  given(created(), triggered(1)).when(cancel(1)).then(t, cancelled('requested', 1));
  given(created(), triggered(1), ended(1)).when(cancel(1)).refused(t, 'MUSTER_E_TASK_RUN_ENDED');
  given(created()).when(cancel(1)).refused(t, 'MUSTER_E_TASK_RUN_NOT_FOUND');
});

void t.test('a deleted task makes no further decisions', async (t) => {
  const deleted: TaskEvent = { type: 'TaskDeleted', data: { taskId: 7 } };
  given(created()).when({ kind: 'delete', taskId: 7 }).then(t, deleted);
  given(created(), triggered(1), deleted)
    .when(decide('2026-01-05T00:00:00Z'), settle(1, 1, 'failed'), { kind: 'delete', taskId: 7 })
    .then(t);
  given(created(), deleted).when(trigger).refused(t, 'MUSTER_E_TASK_NOT_FOUND');
  given().when(trigger).refused(t, 'MUSTER_E_TASK_NOT_FOUND');
  given().when({ kind: 'delete', taskId: 7 }).refused(t, 'MUSTER_E_TASK_NOT_FOUND');
});

void t.test(
  'for any clock changes, each slot is decided once and in order, and overlap policies hold',
  async (t) => {
    const second = fc.constantFrom('*/7 * * * * *', '*/20 * * * * *', '0 * * * * *');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('decide' as const), by: fc.integer({ min: -3_600_000, max: 200_000 }) }),
      fc.record({ kind: fc.constant('end' as const), by: fc.constant(0) }),
      fc.record({ kind: fc.constant('status' as const), by: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ kind: fc.constant('trigger' as const), by: fc.constant(0) }),
    );
    fc.assert(
      fc.property(
        second,
        fc.constantFrom('forbid' as const, 'replace' as const, 'allow' as const),
        fc.array(step, { maxLength: 40 }),
        (pattern, concurrency, steps) => {
          let now = MADE;
          const past: TaskEvent[] = [created({}, { pattern, concurrency })];
          for (const { kind, by } of steps) {
            const state = fold(past, MADE) as PresentTask;
            if (kind === 'decide') now += by;
            const command: TaskCommand | undefined =
              kind === 'decide'
                ? { kind: 'decideSlots', taskId: 7, now, permitted: true }
                : kind === 'trigger'
                  ? trigger
                  : kind === 'status'
                    ? {
                        kind: 'setStatus',
                        taskId: 7,
                        status: (['active', 'paused', 'disabled'] as const)[by] ?? 'active',
                        now,
                        permitted: true,
                      }
                    : state.runs.size > 0
                      ? settle([...state.runs.keys()][0] ?? 0, 1, 'success')
                      : undefined;
            if (command === undefined || (command.kind === 'trigger' && state.status === 'disabled'))
              continue;
            for (const event of tasks.decider.decide(command, state)) {
              if (event.type === 'TaskSlotDecided' && event.data.decision === 'run') {
                const open = (fold(past, MADE) as PresentTask).runs.size;
                if (concurrency !== 'allow')
                  t.equal(open, 0, `${concurrency}: a slot runs only if no other run is active (${open})`);
              }
              past.push(event);
            }
          }
          const spans = past
            .flatMap((event) => (event.type === 'TaskSlotDecided' ? [event.data] : []))
            .map((data) => [data.slot, data.decision === 'run' ? data.slot : data.until] as const);
          for (const [index, [from, until]] of spans.entries()) {
            t.ok(from <= until);
            const before = spans[index - 1];
            if (before !== undefined && from <= before[1])
              t.fail(`a slot of ${new Date(from).toISOString()} was decided twice`);
          }
          const runs = past.flatMap((event) =>
            event.type === 'TaskTriggered' ||
            (event.type === 'TaskSlotDecided' && event.data.decision === 'run')
              ? [(event.data as { run: number }).run]
              : [],
          );
          t.same(
            runs,
            runs.map((_, index) => index + 1),
          );
        },
      ),
      { numRuns: 200 },
    );
  },
);
