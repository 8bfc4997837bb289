import t from 'tap';
import { oldestRetainedRun, type TaskCommand, type TaskEvent } from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { at, created, ended, given, MADE, of, ran } from './specification.js';

const keeping = (keepRuns: number): TaskEvent => created({ keepRuns });
const update = (keepRuns: number): TaskCommand => ({
  kind: 'update',
  ...of,
  definition: plainTask({ keepRuns }),
  now: MADE,
  permitted: true,
});
const updated = (keepRuns: number, newest: number): TaskEvent => ({
  type: 'TaskUpdated',
  data: {
    ...of,
    definition: plainTask({ keepRuns }),
    keptFrom: oldestRetainedRun(plainTask({ keepRuns }), newest),
  },
});
const drop = (until: number): TaskCommand => ({ kind: 'dropRuns', taskId: 7, until });
const dropped = (from: number, until: number): TaskEvent => ({
  type: 'TaskRunsDropped',
  data: { taskId: 7, from, until },
});
const gone: TaskEvent = { type: 'TaskDeleted', data: { taskId: 7 } };
const runs = (count: number, keepRuns: number, from = 1): TaskEvent[] =>
  Array.from({ length: count }, (_, index): TaskEvent[] => {
    const run = from + index;
    const kept = oldestRetainedRun({ ...plainTask(), keepRuns }, run);
    return [
      {
        type: 'TaskTriggered',
        data: { taskId: 7, run, trigger: 'manual', keptFrom: kept, attempts: 1, tenantId: 't1' },
      },
      ended(run),
    ];
  }).flat();

void t.test('runs beyond a reduced keep_runs are dropped a thousand at a time, each only once', async (t) => {
  const before = [keeping(5000), ...runs(2600, 5000)];
  given(...before)
    .when(drop(1000))
    .then(t);
  given(...before)
    .when(update(100), drop(1000), drop(1000), drop(2500), drop(2500), drop(2500))
    .then(t, updated(100, 2600), dropped(1, 1000), dropped(1001, 2000), dropped(2001, 2500));
});

void t.test('runs displaced one by one by new runs are not dropped separately', async (t) => {
  given(keeping(10), ...runs(30, 10))
    .when(drop(30))
    .then(t);
  given(keeping(10), ...runs(30, 10), updated(20, 30), ...runs(5, 20, 31), updated(5, 35))
    .when(drop(1000))
    .then(t, dropped(21, 30));
});

void t.test(
  'a deleted task drops its retained runs, including surplus ones from an earlier change',
  async (t) => {
    given(keeping(10), ...runs(30, 10), updated(5, 30), gone)
      .when(drop(1000), drop(1000))
      .then(t, dropped(21, 30));
    given(keeping(10), ...runs(3, 10), gone, dropped(1, 2))
      .when(drop(1000))
      .then(t, dropped(3, 3));
    given(keeping(10), gone).when(drop(1000)).then(t);
    given(keeping(10), gone).when({ kind: 'delete', taskId: 7 }).then(t);
  },
);

void t.test(
  'a run that is decided together with a change of the schedule counts as a retained run',
  async (t) => {
    const definition = plainTask({ keepRuns: 1 }, { pattern: '@hourly' });
    const now = at('2026-01-01T02:00:01Z');
    given(keeping(10), ...runs(1, 10))
      .when({ kind: 'update', ...of, definition, now, permitted: true }, drop(1000))
      .then(
        t,
        { ...ran(2, '2026-01-01T02:00:00Z') },
        { type: 'TaskUpdated', data: { ...of, definition, keptFrom: 2, timedFrom: now } },
        dropped(1, 1),
      );
  },
);
