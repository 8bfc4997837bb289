import fc from 'fast-check';
import t from 'tap';
import { readTaskLog } from '../../../fixtures/task-log.js';
import { history, type History } from './histories/move.js';
import { TASK } from './histories/server.js';
import { World } from './histories/world.js';

t.setTimeout(600_000);

/** Plays a history to its end. Returns the problems. */
async function problemsOf(played: History): Promise<readonly string[]> {
  const world = new World(played);
  const ended = await world.play();
  const log = readTaskLog(world.log).get(TASK);
  // A task that can never run is not created.
  if (log === undefined) return world.failures;
  const { slots, runs, notices } = log;
  const task = world.shown.tasks.get(String(TASK));
  const shown = task && [task.decidedUntil, task.newestRun, task.unfinished];
  return [
    ...world.failures,
    ...slots.problems,
    ...runs.problems,
    ...notices.problems,
    ...(ended ? [] : ['something is due for ever']),
    ...(runs.open > 0 ? [`${runs.open} runs are lost`] : []),
    ...(notices.open > 0 ? [`${notices.open} notices are lost`] : []),
    ...(task === undefined || String(shown) === String([slots.decidedUntil, runs.newest, 0])
      ? []
      : [`the task is shown with ${String(shown)}`]),
    ...[...world.shown.runs.values()]
      .filter(({ ended }) => ended === null)
      .map(({ run }) => `run ${run} is shown as unfinished`),
    ...[...world.shown.notices.values()]
      .filter(({ ended }) => ended === null)
      .map(({ notice }) => `notice ${notice} is shown as unfinished`),
    ...[...world.shown.runs.values()]
      .filter(({ run }) => run < (task?.keptFrom ?? Infinity))
      .map(({ run }) => `run ${run} is kept for ever`),
    ...(task === undefined && world.shown.blocks.size > 0 ? ['blocks are kept for ever'] : []),
  ];
}

void t.test(
  'decides each slot once and loses no run with three servers, kills and clock changes',
  async (t) => {
    let [played, events] = [0, 0];
    await fc.assert(
      fc.asyncProperty(history, async (each) => {
        const problems = await problemsOf(each);
        played += 1;
        events += each.moves.length;
        if (problems.length > 0) throw new Error(problems.join('\n'));
      }),
      { numRuns: 10_000 },
    );
    t.equal(played, 10_000);
    t.comment(`${played} histories of ${events} moves, ${process.cpuUsage().user / 1e6} s of processor time`);
  },
);
