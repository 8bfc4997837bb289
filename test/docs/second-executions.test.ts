import { readFileSync } from 'node:fs';
import t from 'tap';
import { releaseOf } from '#domain/scheduling/state/release.js';
import type { LiveAllocation } from '#domain/scheduling/state/scheduled-job.js';
import { specificationOf } from '#domain/tasks/task/job.js';
import type { OpenRun } from '#domain/tasks/task/state.js';
import { created, fold, given, settle, triggered } from '../domain/tasks/task/specification.js';

const SENTENCE =
  'A run executes a second time only after a failure or timeout that `retry_count` retries, or, with `on_lost: retry`, after its worker was lost, drained or had less capacity.';

void t.test('the documentation says when a run executes a second time', async (t) => {
  t.match(readFileSync('docs/flows/tasks.md', 'utf8'), SENTENCE);
});

void t.test('a run begins again exactly in the cases that the documentation names', async (t) => {
  for (const became of ['success', 'failed', 'timeout', 'lost'] as const)
    for (const retryCount of [0, 1])
      for (const onLost of ['retry', 'fail'] as const) {
        const past = [created({ retryCount, onLost }), triggered(1, retryCount + 1)];
        const { events } = given(...past).when(settle(1, 1, became)).outcome;
        const types = events.map(({ type }) => type);
        const repeats = became === 'lost' ? onLost === 'retry' : became !== 'success' && retryCount > 0;
        t.equal(types.includes('TaskRunRetried'), repeats, `${became}, ${retryCount}, ${onLost}`);
        t.equal(types.includes('TaskRunEnded'), !repeats);
      }
});

void t.test("the scheduler never fills the place of a run's attempt again", async (t) => {
  const state = fold([created(), triggered(1)]);
  t.equal(state.kind, 'present');
  if (state.kind !== 'present') return;
  const [group] = specificationOf(state.runs.get(1) as OpenRun, state).task_groups;
  for (const ended of ['complete', 'failed', 'stopped', 'lost'] as const)
    for (const stopping of [undefined, 'drain', 'capacity-shrunk'] as const) {
      const allocation = { slot: 0, placedAt: 0, stopping, group: { specification: group, slots: [] } };
      const release = releaseOf(allocation as unknown as LiveAllocation, ended, 1);
      t.not(release.outcome, 'stopped', `${stopping}, ${ended}: a stopped allocation is replaced`);
      t.equal(release.retryAt, undefined);
    }
});
