import t from 'tap';
import {
  leftOut,
  tasks,
  type PresentTask,
  type TaskCommand,
  type TaskEvent,
  type Timing,
} from '#domain/tasks/task/index.js';
import { plainTask as task } from '../../../fixtures/plain-task.js';
import { specify } from '../../kernel/event/decider-specification.js';
import {
  at,
  MADE,
  given,
  of,
  created,
  decide,
  ran,
  skipped,
  ended,
  set,
  triggered,
  settle,
} from './specification.js';

const fill = (from: string, to: string, now = '2026-01-10T00:00:00Z'): TaskCommand => ({
  kind: 'backfill',
  taskId: 7,
  span: { from: at(from), to: at(to) },
  now: at(now),
  permitted: true,
});
const filled = (from: string, until: number, run: number, ...slots: string[]): TaskEvent => ({
  type: 'TaskBackfilled',
  data: {
    taskId: 7,
    from: at(from),
    until,
    slots: slots.map(at),
    run,
    keptFrom: 1,
    attempts: 1,
    tenantId: 't1',
  },
});
const retimed = (timing: Partial<Timing>, now: string): TaskCommand => ({
  kind: 'update',
  ...of,
  definition: task({}, timing),
  now: at(now),
  permitted: true,
});

void t.test('a backfill runs slots from before the creation of the task, each once', async (t) => {
  const [from, to] = ['2025-12-29T00:00:00Z', '2026-01-01T00:00:00Z'];
  const days = ['2025-12-29T02:00:00Z', '2025-12-30T02:00:00Z', '2025-12-31T02:00:00Z'];
  given(created())
    .when(fill(from, to), fill(from, to))
    .then(t, filled(from, at(to) - 1, 1, ...days));
  given(created())
    .when(fill(days[1]!, days[2]!), fill(from, to))
    .then(
      t,
      filled(days[1]!, at(days[2]!) - 1, 1, days[1]!),
      filled(from, at(to) - 1, 2, days[0]!, days[2]!),
    );
  // A requested backfill ignores running runs and pauses.
  given(created(), set('paused'), triggered(1))
    .when(fill(from, to))
    .then(t, filled(from, at(to) - 1, 2, ...days));
  given(created(), set('disabled')).when(fill(from, to)).refused(t, 'MUSTER_E_TASK_DISABLED');
  given(created())
    .when({ ...fill(from, to), permitted: false } as TaskCommand)
    .refused(t, 'MUSTER_E_TASK_NOT_PERMITTED');
  given(created()).when(fill('2025-12-29T03:00:00Z', '2025-12-30T01:00:00Z')).then(t);
});

void t.test('a backfill omits slots that the schedule has decided or will decide', async (t) => {
  const history = [
    created(),
    ran(1, '2026-01-01T02:00:00Z'),
    ended(1),
    skipped('missed', '2026-01-02T02:00:00Z', '2026-01-03T02:00:00Z', 2),
  ];
  const span = fill('2025-12-31T12:00:00Z', '2026-01-09T00:00:00Z');
  given(...history)
    .when(span)
    .then(t);
  const state = given(...history).state as PresentTask;
  const reason = (slot: string, of = state): string | undefined => leftOut(of, at(slot));
  t.same(
    ['2025-12-31T02:00:00Z', '2026-01-01T02:00:00Z', '2026-01-03T02:00:00Z', '2026-01-04T02:00:00Z'].map(
      (slot) => reason(slot),
    ),
    [undefined, 'decided', 'decided', 'due'],
  );
  t.equal(reason('2026-01-04T02:00:00Z', given(...history, set('paused')).state as PresentTask), 'paused');
});

void t.test(
  'after a change of timing, a backfill runs only slots that no earlier timing decided',
  async (t) => {
    const times = ['00:00', '02:00', '02:01', '06:30', '06:31', '06:32', '07:00'].map((time) =>
      at(`2026-01-01T${time}:00Z`),
    );
    const timely = specify(tasks, { moments: (revision) => times[revision] ?? MADE });
    const { events } = timely
      .given(created())
      .when(
        decide('2026-01-01T02:00:01Z'),
        settle(1, 1, 'success'),
        retimed({ pattern: '0 */2 * * *' }, '2026-01-01T06:30:00Z'),
        retimed({ pattern: '0 2 * * *' }, '2026-01-01T06:31:00Z'),
        retimed({ pattern: '0 */2 * * *' }, '2026-01-01T06:32:00Z'),
        fill('2026-01-01T00:00:00Z', '2026-01-01T06:00:00Z'),
        fill('2026-01-01T00:00:00Z', '2026-01-01T06:00:00Z'),
      ).outcome;
    const slots = events.flatMap((event) => (event.type === 'TaskBackfilled' ? event.data.slots : []));
    t.same(
      slots,
      [at('2026-01-01T00:00:00Z'), at('2026-01-01T04:00:00Z')],
      'the previous timing decided the slot at 02:00',
    );
  },
);

void t.test(
  'a backfill requires a schedule, a period in the past and at most 1,000 slots, or is refused',
  async (t) => {
    const refusal = (command: TaskCommand, ...past: TaskEvent[]) =>
      given(...past).when(command).outcome.refusals[0];
    const minutely = created({}, { pattern: '* * * * *' });
    t.match(refusal(fill('2025-12-29T00:00:00Z', '2025-12-30T00:00:00Z'), minutely), {
      code: 'MUSTER_E_INVALID',
      message: 'to: the range has 1440 slots; the limit is 1000',
    });
    t.match(refusal(fill('2015-12-29T00:00:00Z', '2025-12-30T00:00:00Z'), minutely), {
      message: /the range has more than 10000 slots/,
    });
    t.match(refusal(fill('2025-12-29T00:00:00Z', '2026-01-10T00:00:01Z'), created()), {
      message: /^to: must not be in the future/,
    });
    t.match(refusal(fill('2025-12-29T00:00:00Z', '2025-12-29T00:00:00Z'), created()), {
      message: 'to: must be later than from',
    });
    const { pattern: _, ...unscheduled } = task().timing;
    const told: TaskEvent = {
      type: 'TaskCreated',
      data: { ...of, tenantId: 't1', createdBy: 'u1', definition: { ...task(), timing: unscheduled } },
    };
    t.match(refusal(fill('2025-12-29T00:00:00Z', '2025-12-30T00:00:00Z'), told), {
      message: /^pattern: the task has no schedule/,
    });
    t.match(refusal(fill('2025-12-29T00:00:00Z', '2025-12-30T00:00:00Z')), {
      code: 'MUSTER_E_TASK_NOT_FOUND',
    });
  },
);

void t.test(
  'if too many runs are unfinished, a backfill runs the oldest slots, and the rest when repeated',
  async (t) => {
    const nearly = Array.from({ length: 998 }, (_, index) => triggered(index + 1));
    const [from, to] = ['2025-12-29T00:00:00Z', '2026-01-01T00:00:00Z'];
    const days = ['2025-12-29T02:00:00Z', '2025-12-30T02:00:00Z', '2025-12-31T02:00:00Z'];
    given(created(), ...nearly)
      .when(fill(from, to), fill(from, to), settle(1, 1, 'success'), fill(from, to))
      .then(t, filled(from, at(days[1]!), 999, days[0]!, days[1]!), ended(1), {
        ...filled(from, at(to) - 1, 1001, days[2]!),
        data: { ...filled(from, at(to) - 1, 1001, days[2]!).data, keptFrom: 2 },
      } as TaskEvent);
  },
);

void t.test('a change of timing during a pause records the slots of the pause as skipped', async (t) => {
  given(created(), set('paused'))
    .when(retimed({ pattern: '@hourly' }, '2026-01-03T12:00:00Z'))
    .then(t, skipped('paused', '2026-01-01T02:00:00Z', '2026-01-03T02:00:00Z', 3), {
      type: 'TaskUpdated',
      data: {
        ...of,
        keptFrom: 1,
        definition: task({}, { pattern: '@hourly' }),
        timedFrom: at('2026-01-03T12:00:00Z'),
      },
    });
});
