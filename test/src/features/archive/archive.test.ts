import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { JobArchive } from '#domain/jobs/job/archive.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { jobs as jobModel } from '#projections/jobs/jobs.js';
import { startArchive, type ArchiveOptions } from '#src/features/archive/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import {
  blocked,
  completed,
  evaluated,
  exited,
  failed,
  finished,
  place,
  placed,
  released,
  started,
  stopped,
  submitted,
  updated,
} from '../../../projections/events.js';
import { openTestApi } from '../../http/support/test-api.js';

const DAYS_30 = 30 * 86_400_000;
/** Time of all events in these tests. */
const THEN = 1_000;

/** Events of a job with one slot, until its end. */
function life(jobId: string, outcome: 'complete' | 'failed' = 'complete'): MusterEvent[] {
  const at = place(`a-${jobId}`, jobId);
  return [
    submitted(jobId, undefined, `e-${jobId}`),
    placed(at, 0, 0, `e-${jobId}`),
    evaluated(jobId, `e-${jobId}`),
    started(at),
    exited(at, outcome),
    outcome === 'failed' ? failed(at) : completed(at),
    released(at, outcome),
    finished(jobId, 0, outcome),
  ];
}

/** A server's loop. Its clock starts `before` milliseconds before the events are thirty days old. */
async function scene(t: Test, before = 0) {
  const api = await openTestApi(t);
  const clock = new TestClock(THEN + DAYS_30 - before);
  const start = (over: Partial<ArchiveOptions> = {}) => {
    const loop = startArchive({
      executor: api.executor,
      readModels: api.models,
      clock,
      ids: { uuid: randomUUID },
      logger: { info: () => undefined, warn: () => undefined },
      afterMs: DAYS_30,
      ...over,
    });
    t.teardown(() => loop.stop());
    return loop;
  };
  const archives = async () =>
    (await api.events())
      .filter(({ type }) => type === 'JobArchived')
      .map(({ data }) => JSON.parse(data) as JobArchive);
  return {
    ...api,
    clock,
    start,
    archives,
    names: async () => (await archives()).map(({ jobId }) => jobId).sort(),
    /** Advances time in steps until the condition holds. */
    until: async (done: () => boolean, step: number) =>
      await eventually(async () => {
        if (!done()) await clock.advance(step);
        return done();
      }),
    /** Waits until the loop sleeps. */
    rests: async () => await eventually(() => clock.sleeping === 1, { what: 'the pause of the loop' }),
  };
}

await t.test('archives a job thirty days after its end, and not earlier', async (t) => {
  const { happened, start, clock, rests, archives, models } = await scene(t, 5_000);
  await happened(...life('old', 'failed'));
  const loop = start();
  await rests();
  await clock.advance(4_999);
  await rests();
  t.same(await archives(), []);
  await clock.advance(1);
  await rests();
  const allocation = {
    allocationId: 'a-old',
    jobVersion: 0,
    group: 'web',
    slot: 0,
    nodeId: 'n1',
    status: 'failed',
    startTime: 1,
    endTime: 2,
    message: 'exit code 1',
  };
  t.match(await archives(), [
    {
      jobId: 'old',
      version: 0,
      status: 'failed',
      endedAt: THEN,
      leftOut: 0,
      allocations: [{ ...allocation, tasks: { main: { status: 'failed' } } }],
    },
  ]);
  t.equal(
    await models.count(jobModel.name),
    0,
    'the documents of the archived job are gone before the loop pauses',
  );
  t.same(loop.status(), { archived: 1, failures: 0, held: 0 });
});

await t.test('archives nothing before the read models have caught up', async (t) => {
  const { happened, start, rests, names, clock } = await scene(t);
  await happened(...life('old'));
  let caughtUp = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    caughtUp = resolve;
  });
  const loop = start({ ready });
  await clock.advance(3_600_000);
  t.same([loop.status(), await names()], [{ archived: 0, failures: 0, held: 0 }, []]);
  caughtUp();
  await rests();
  t.same(await names(), ['old']);
  const another = start({ ready: new Promise<void>(() => undefined) });
  await another.stop();
  t.pass('a loop that is still waiting for the read models can be stopped');
});

await t.test('does not archive running, restarted or unfinished jobs', async (t) => {
  const { happened, start, rests, names } = await scene(t);
  const runs = place('a-runs', 'runs');
  await happened(
    submitted('waits'),
    submitted('runs'),
    placed(runs),
    started(runs),
    ...life('again'),
    updated('again'),
    ...life('over'),
  );
  start();
  await rests();
  t.same(await names(), ['over']);
});

await t.test('archives a stopped job as dead', async (t) => {
  const { happened, start, rests, archives } = await scene(t);
  await happened(
    submitted('j'),
    evaluated('j', 'eval-j-JobSubmitted'),
    stopped('j'),
    evaluated('j', 'eval-j-stop'),
    finished('j', 0, 'stopped'),
  );
  start();
  await rests();
  t.match(await archives(), [{ jobId: 'j', status: 'dead', allocations: [] }]);
});

await t.test(
  'does not archive a job with an unreleased allocation or a blocked evaluation, and checks it again',
  async (t) => {
    const { happened, start, clock, rests, names, until } = await scene(t);
    const late = place('late', 'holds');
    await happened(
      ...life('holds'),
      placed(late, 0, 1, 'e-holds'),
      ...life('waits'),
      blocked('waits', 'e-more'),
      ...life('over'),
    );
    const loop = start({ batch: 2 });
    await until(() => loop.status().archived === 1, 250);
    await rests();
    t.same(await names(), ['over']);
    t.match(loop.status(), { archived: 1, held: 2 });
    await happened(released(late, 'lost'), evaluated('waits', 'e-more'));
    await clock.advance(60_000);
    await until(() => loop.status().archived === 3, 250);
    t.same(await names(), ['holds', 'over', 'waits']);
    await until(() => loop.status().held === 0, 60_000);
  },
);

await t.test('archives the jobs of an old log in batches with pauses in between', async (t) => {
  const { happened, start, clock, rests, names } = await scene(t);
  const ids = Array.from({ length: 7 }, (_, n) => `j${n}`);
  await happened(...ids.flatMap((id) => life(id)));
  const loop = start({ batch: 3 });
  for (const count of [3, 6, 7]) {
    await eventually(() => loop.status().archived === count);
    await rests();
    t.equal((await names()).length, count);
    await clock.advance(250);
  }
  t.same(await names(), ids);
});

await t.test('continues with other jobs if the store refuses one archive', async (t) => {
  const { happened, start, clock, rests, names, executor } = await scene(t);
  await happened(...life('large'), ...life('over'));
  const refusing: Pick<CommandExecutor, 'execute'> = {
    execute: async (aggregate, id, ...rest) => {
      if (id === 'large') throw new MusterError('MUSTER_E_APPEND_TOO_LARGE', { events: 1, bytes: 300_000 });
      return await executor.execute(aggregate, id, ...rest);
    },
  };
  const loop = start({ executor: refusing });
  await rests();
  t.same(await names(), ['over']);
  t.same(loop.status(), { archived: 1, failures: 1, held: 1 });
  await clock.advance(60_000);
  await eventually(() => loop.status().failures === 2);
});

await t.test('retries while the store is unavailable', async (t) => {
  const { happened, start, clock, rests, names, executor } = await scene(t);
  await happened(...life('over'));
  let away = true;
  const failing: Pick<CommandExecutor, 'execute'> = {
    execute: async (...asked) => {
      if (away) throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'it is away' });
      return await executor.execute(...asked);
    },
  };
  const loop = start({ executor: failing });
  await rests();
  t.same([loop.status(), await names()], [{ archived: 0, failures: 1, held: 0 }, []]);
  away = false;
  await clock.advance(60_000);
  await eventually(() => loop.status().archived === 1);
});

await t.test(
  'archives nothing without permission, and archives each job once with two servers',
  async (t) => {
    const { happened, start, clock, rests, names } = await scene(t);
    await happened(...life('one'), ...life('two'));
    let may = false;
    start({ mayArchive: () => may });
    await rests();
    t.same(await names(), []);
    may = true;
    start();
    await clock.advance(60_000);
    await eventually(async () => (await names()).length >= 2);
    await eventually(() => clock.sleeping === 2);
    t.same(await names(), ['one', 'two']);
  },
);

await t.test('does not archive a job that ended before a clear', async (t) => {
  const { happened, start, clock, rests, names } = await scene(t, 5_000);
  await happened(...life('old'));
  start();
  await rests();
  await happened({ type: 'ClusterCleared', data: {} });
  await clock.advance(60_000);
  await rests();
  t.same(await names(), []);
});
