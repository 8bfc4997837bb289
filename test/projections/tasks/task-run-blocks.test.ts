import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { oldestRetainedRun } from '#domain/tasks/task/index.js';
import { BLOCK_SIZE, taskRunBlocks, type TaskRunBlockDocument } from '#projections/tasks/task-run-blocks.js';
import { plainTask } from '../../fixtures/plain-task.js';
import { recorded } from '../history.js';
import { plainFold } from '../plain-fold.js';

const triggered = (run: number, kept: number): MusterEvent => ({
  type: 'TaskTriggered',
  data: { taskId: 1, run, keptFrom: Math.max(1, run + 1 - kept), attempts: 1, trigger: 'manual' },
});
const made = (count: number, kept: number, from = 1): MusterEvent[] =>
  Array.from({ length: count }, (_, index) => triggered(from + index, kept));
const ended = (run: number, outcome: 'success' | 'failed' | 'timeout'): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 1, run, outcome },
});
const keeping = (keepRuns: number, newest: number): MusterEvent => {
  const definition = { ...plainTask(), keepRuns };
  return {
    type: 'TaskUpdated',
    data: { taskId: 1, nameReservation: 'r', definition, keptFrom: oldestRetainedRun(definition, newest) },
  };
};
const dropped = (from: number, until: number): MusterEvent => ({
  type: 'TaskRunsDropped',
  data: { taskId: 1, from, until },
});
const gone: MusterEvent = { type: 'TaskDeleted', data: { taskId: 1 } };
const blocksAfter = (...events: readonly MusterEvent[]): readonly TaskRunBlockDocument[] => [
  ...(plainFold(taskRunBlocks, recorded(events)) as ReadonlyMap<string, TaskRunBlockDocument>).values(),
];
const due = (...events: readonly MusterEvent[]): readonly number[] =>
  blocksAfter(...events)
    .filter((block) => taskRunBlocks.indexes!['due']!(block) !== undefined)
    .map(({ block }) => block);

void t.test('summarizes the outcomes and creation times of its runs', async (t) => {
  const cancelled: MusterEvent = {
    type: 'TaskRunsCancelled',
    data: { taskId: 1, runs: [2, BLOCK_SIZE + 1], reason: 'requested' },
  };
  const [first, second] = blocksAfter(
    ...made(BLOCK_SIZE + 2, 5000),
    ended(1, 'success'),
    cancelled,
    ended(3, 'failed'),
    ended(4, 'timeout'),
  );
  t.same([first?.ended.slice(0, 6), first?.ended.length, second?.ended], ['scft..', BLOCK_SIZE, 'c.']);
  t.same(
    [first?.madeFrom.length, first?.madeFrom[1], first?.madeUntil[1], second?.madeUntil],
    [BLOCK_SIZE / 50, 51 * 1000, 100 * 1000, [(BLOCK_SIZE + 2) * 1000]],
  );
});

void t.test('is removed with its last retained run', async (t) => {
  t.same(
    blocksAfter(...made(2 * BLOCK_SIZE - 1, BLOCK_SIZE)).map(({ block, oldest }) => [block, oldest]),
    [
      [0, true],
      [1, false],
    ],
  );
  t.same(
    blocksAfter(...made(2 * BLOCK_SIZE, BLOCK_SIZE)).map(({ block, oldest }) => [block, oldest]),
    [[1, true]],
  );
});

void t.test('drops surplus runs one block at a time, oldest first', async (t) => {
  const history = [...made(3500, 5000), keeping(700, 3500)];
  t.same(due(...made(3500, 5000)), []);
  t.same(due(...history), [0]);
  t.same(due(...history, dropped(1, 500)), [0], 'a block is due until all of it is dropped');
  t.same(due(...history, dropped(1, 1000)), [1]);
  t.same(due(...history, dropped(1, 1000), dropped(1001, 2000)), [2]);
  const left = [dropped(1, 1000), dropped(1001, 2000), dropped(2001, 2800)];
  t.same(due(...history, ...left), []);
  t.same(
    blocksAfter(...history, ...left).map(({ block, keptFrom: from }) => [block, from]),
    [
      [2, 2801],
      [3, 3001],
    ],
  );
});

void t.test('drops the blocks of a deleted task one by one', async (t) => {
  const history = [...made(2500, 5000), gone];
  t.same(due(...history), [0]);
  t.same(due(...history, dropped(1, 1000)), [1]);
  t.same(blocksAfter(...history, dropped(1, 1000), dropped(1001, 2000), dropped(2001, 2500)), []);
  t.same(blocksAfter(gone), []);
});
