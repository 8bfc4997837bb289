import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { taskDependencies, type TaskDependencyDocument } from '#projections/tasks/task-dependencies.js';
import { taskSlots } from '#projections/tasks/task-slots.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { plainTask } from '../../fixtures/plain-task.js';
import { recorded } from '../history.js';
import { documentAfter, plainFold } from '../plain-fold.js';

type On = 'success' | 'failure' | 'always';
const made = (taskId: number, tasks: readonly number[] = [], on: On = 'success'): MusterEvent => ({
  type: 'TaskCreated',
  data: {
    taskId,
    nameReservation: `r${taskId}`,
    tenantId: 't1',
    createdBy: 'u1',
    definition: plainTask(tasks.length > 0 ? { after: { tasks: [...tasks], on } } : {}),
  },
});
const changed = (taskId: number, tasks: readonly number[], on: On = 'success'): MusterEvent => ({
  type: 'TaskUpdated',
  data: {
    taskId,
    nameReservation: `r${taskId}`,
    keptFrom: 1,
    definition: plainTask(tasks.length > 0 ? { after: { tasks: [...tasks], on } } : {}),
  },
});
const ended = (
  taskId: number,
  run: number,
  outcome: 'success' | 'failed' | 'timeout' = 'success',
): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId, run, outcome },
});
const deleted = (taskId: number): MusterEvent => ({ type: 'TaskDeleted', data: { taskId } });
const links = (...events: readonly MusterEvent[]): Record<string, readonly (readonly [number, string])[]> =>
  Object.fromEntries(
    [...(plainFold(taskDependencies, recorded(events)) as ReadonlyMap<string, TaskDependencyDocument>)].map(
      ([id, { ends }]) => [id, ends.map(({ run, outcome }) => [run, outcome] as const)],
    ),
  );

void t.test('keeps the ended runs of a dependency in order until each is decided', async (t) => {
  const history = [made(1), made(2), made(3, [1, 2]), ended(1, 2), ended(1, 1), ended(2, 1, 'failed')];
  t.same(links(...history), {
    '3.1': [
      [2, 'success'],
      [1, 'success'],
    ],
    '3.2': [],
  });
  const [, , , first] = recorded(history);
  if (first?.type !== 'TaskRunEnded') throw new Error('a run ended');
  const decided: MusterEvent = {
    type: 'TaskChainDecided',
    data: {
      taskId: 3,
      after: { taskId: 1, run: 2, revision: first.revision, at: first.metadata.at },
      decision: 'run',
      run: 1,
      keptFrom: 1,
      attempts: 1,
    },
  };
  t.same(links(...history, decided), { '3.1': [[1, 'success']], '3.2': [] });
  const run = documentAfter<TaskRunDocument>(taskRuns, recorded([...history, decided]), 'task.3.1');
  t.match(run, { trigger: 'after', slot: null, after: { taskId: 1, run: 2 } });
  const { taskId, after } = decided.data;
  t.match(
    [
      ...plainFold(
        taskSlots,
        recorded([
          { type: 'TaskChainDecided', data: { taskId, after, decision: 'skipped', reason: 'paused' } },
        ]),
      ).values(),
    ],
    [{ taskId: 3, slot: first.metadata.at, run: null, reason: 'paused', after: { taskId: 1, run: 2 } }],
  );
});

void t.test("includes cancelled runs if the condition is 'always'", async (t) => {
  const cancelled: MusterEvent = {
    type: 'TaskRunsCancelled',
    data: { taskId: 1, runs: [2, 1], reason: 'replaced' },
  };
  t.same(links(made(1), made(2, [1], 'always'), made(3, [1], 'failure'), cancelled), {
    '2.1': [
      [1, 'cancelled'],
      [2, 'cancelled'],
    ],
    '3.1': [],
  });
});

void t.test("is updated with the task's dependencies, and is removed with either task", async (t) => {
  const both = [made(1), made(2), made(3, [1, 2], 'always'), ended(1, 1), ended(1, 2, 'failed')];
  t.same(links(...both, changed(3, [1], 'success')), { '3.1': [[1, 'success']] });
  t.same(links(...both, changed(3, [2, 1], 'failure')), { '3.1': [[2, 'failed']], '3.2': [] });
  t.same(links(...both, changed(3, [])), {});
  t.same(links(...both, changed(3, []), changed(3, [1]), ended(1, 3)), { '3.1': [[3, 'success']] });
  t.same(links(...both, deleted(1)), { '3.2': [] });
  t.same(links(...both, deleted(3)), {});
});
