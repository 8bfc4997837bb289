import fc from 'fast-check';
import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import {
  BLOCK_SIZE,
  ENDS,
  taskRunBlocks,
  type TaskRunBlockDocument,
} from '#projections/tasks/task-run-blocks.js';
import { BLOCKS, taskRunTotals, type TaskRunTotalsDocument } from '#projections/tasks/task-run-totals.js';
import { plainTask } from '../../fixtures/plain-task.js';
import { recorded } from '../history.js';
import { plainFold } from '../plain-fold.js';

const backfilled = (run: number, count: number, keptFrom: number): MusterEvent => ({
  type: 'TaskBackfilled',
  data: {
    taskId: 1,
    run,
    keptFrom,
    attempts: 1,
    from: 0,
    until: count,
    slots: Array.from({ length: count }, (_, index) => index),
  },
});
const triggered = (run: number, keptFrom: number): MusterEvent => ({
  type: 'TaskTriggered',
  data: { taskId: 1, run, keptFrom, attempts: 1, trigger: 'manual' },
});
const ended = (run: number, outcome: 'success' | 'failed' | 'timeout'): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 1, run, outcome },
});
const cancelled = (runs: readonly number[]): MusterEvent => ({
  type: 'TaskRunsCancelled',
  data: { taskId: 1, runs: [...runs], reason: 'requested' },
});
const updated = (keptFrom: number): MusterEvent => ({
  type: 'TaskUpdated',
  data: { taskId: 1, nameReservation: 'r', definition: plainTask(), keptFrom },
});
const totalsAfter = (events: readonly MusterEvent[]): readonly TaskRunTotalsDocument[] => [
  ...(plainFold(taskRunTotals, recorded(events)) as ReadonlyMap<string, TaskRunTotalsDocument>).values(),
];
const blocksAfter = (events: readonly MusterEvent[]): readonly TaskRunBlockDocument[] => [
  ...(plainFold(taskRunBlocks, recorded(events)) as ReadonlyMap<string, TaskRunBlockDocument>).values(),
];
/** Runs of a task that retains all of them. */
const many = (count: number): MusterEvent[] =>
  Array.from({ length: Math.ceil(count / 500) }, (_, part) =>
    backfilled(part * 500 + 1, Math.min(500, count - part * 500), 1),
  );

void t.test('has the same counts for each block as the block itself', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          count: fc.integer({ min: 1, max: 1000 }),
          ends: fc.array(fc.nat({ max: 3 }), { maxLength: 40 }),
          kept: fc.constantFrom(20_000, 20_000, 20_000, 20_000, 13_000, 2_000),
        }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      (moves) => {
        const events = many(9_400);
        let [next, keptFrom] = [9_401, 1];
        for (const { count, ends, kept } of moves) {
          keptFrom = Math.max(keptFrom, next + count - kept);
          events.push(backfilled(next, count, keptFrom));
          ends.forEach((end, index) => {
            const run = next + index * 25;
            if (run >= next + count) return;
            events.push(
              end === 3
                ? cancelled([run, ...(run + 1 < next + count ? [run + 1] : [])])
                : ended(run, (['success', 'failed', 'timeout'] as const)[end]!),
            );
          });
          next += count;
        }
        const blocks = blocksAfter(events);
        for (const { hundred, begun, ended: counts, madeFrom, madeUntil } of totalsAfter(events))
          for (const block of blocks) {
            const place = block.block - hundred * BLOCKS;
            if (place < 0 || place >= BLOCKS || begun[place] === null) continue;
            const said = [
              begun[place],
              ...Object.keys(ENDS).map((end) => counts[end as keyof typeof ENDS][place]),
              madeFrom[place],
              madeUntil[place],
            ];
            const is = [
              block.ended.length,
              ...Object.values(ENDS).map((end) => block.ended.split(end).length - 1),
              Math.min(...block.madeFrom),
              Math.max(...block.madeUntil),
            ];
            compared += 1;
            if (said.join() !== is.join())
              throw new Error(`block ${block.block}: ${said.join()} is not ${is.join()}`);
          }
      },
    ),
    { numRuns: 60 },
  );
  t.ok(compared > 10, `${compared} blocks were compared`);
});

void t.test('counts only blocks that have at least ten older ones', async (t) => {
  t.same(totalsAfter(many(10 * BLOCK_SIZE)), []);
  t.same(
    totalsAfter([
      ...many(9 * BLOCK_SIZE),
      backfilled(9 * BLOCK_SIZE + 1, BLOCK_SIZE, 1),
      triggered(10 * BLOCK_SIZE + 1, 2),
    ]),
    [],
  );
  const [first] = totalsAfter([
    ...many(11 * BLOCK_SIZE + 3),
    ended(3, 'failed'),
    ended(10 * BLOCK_SIZE + 7, 'timeout'),
  ]);
  t.same(first?.begun.slice(8, 13), [null, null, BLOCK_SIZE, 3, null]);
  t.same(first?.ended.failed[0], 0, 'the outcomes of an uncounted block are not counted');
  t.same(first?.ended.timeout.slice(9, 12), [0, 1, 0]);
});

void t.test('never counts a block whose first run was not counted', async (t) => {
  const kept = [
    ...many(10 * BLOCK_SIZE),
    backfilled(10 * BLOCK_SIZE + 1, 5, 500),
    triggered(10 * BLOCK_SIZE + 6, 1),
  ];
  t.same(
    totalsAfter([...kept, ended(10 * BLOCK_SIZE + 6, 'success')]).map(({ begun, ended: { success } }) => [
      begun[10],
      success[10],
    ]),
    [[null, 0]],
  );
  t.same(
    totalsAfter([...kept, backfilled(10 * BLOCK_SIZE + 7, 1000, 1)]).map(({ begun }) => begun.slice(10, 12)),
    [[null, 6]],
  );
});

void t.test(
  'are removed once no run of theirs is retained (after a new run or an update), and with the task',
  async (t) => {
    const hundreds = (...events: readonly MusterEvent[]): readonly number[] =>
      totalsAfter([...many(101 * BLOCK_SIZE), ...events]).map(({ hundred }) => hundred);
    t.same(hundreds(), [0, 1]);
    t.same(hundreds(triggered(101 * BLOCK_SIZE + 1, 100 * BLOCK_SIZE)), [0, 1]);
    t.same(hundreds(triggered(101 * BLOCK_SIZE + 1, 100 * BLOCK_SIZE + 1)), [1]);
    t.same(hundreds(updated(100 * BLOCK_SIZE)), [0, 1]);
    t.same(hundreds(updated(100 * BLOCK_SIZE + 1)), [1]);
    t.same(hundreds({ type: 'TaskDeleted', data: { taskId: 1 } }), []);
  },
);
