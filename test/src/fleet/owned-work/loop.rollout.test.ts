import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import { failed, finished, halted, place, placed, released, started } from '../../../projections/events.js';
import { eventually } from '../../../fixtures/eventually.js';
import { jobIdOf, rolloutWork, sketchServices, versions, type VersionDocument } from './rollout.js';
import { openScene } from './scene.js';
import { commandContext } from '../../../fixtures/command-context.js';

const serviceId = 'web';
const [one, two] = [jobIdOf({ serviceId, version: 1 }), jobIdOf({ serviceId, version: 2 })];
const at = (jobId: string, slot: number) => place(`${jobId}-${slot}`, jobId, slot);

/** A service of two instances whose first version serves, and the loops of two servers. */
async function serving(t: Test) {
  const scene = await openScene(t, rolloutWork, versions, systemClock);
  const executor = await scene.executor();
  await Promise.all([scene.loop(), scene.loop()]);
  const want = async (version: number) =>
    await executor.execute(
      sketchServices,
      serviceId,
      { kind: 'want', serviceId, version, count: 2 },
      commandContext(),
    );
  const JOBS = ['JobSubmitted', 'JobUpdated', 'JobStopped', 'JobDeleted', 'SketchRolloutSettled'];
  const story = async () => (await scene.events(...JOBS)).map(({ type, stream }) => `${type} ${stream}`);
  const becomes = async (...wanted: string[]) => {
    await eventually(async () => {
      const found = await story();
      if (found.length < wanted.length) throw new Error(JSON.stringify(found));
      return true;
    });
    t.same(await story(), wanted);
  };
  const run = async (jobId: string) =>
    await scene.happened(...[0, 1].flatMap((slot) => [placed(at(jobId, slot)), started(at(jobId, slot))]));
  await want(1);
  await becomes(`JobSubmitted job-${one}`);
  await run(one);
  const begun = [`JobSubmitted job-${one}`, 'SketchRolloutSettled sketchService-web'];
  await becomes(...begun);
  return { scene, want, becomes, run, begun, story };
}

void t.test('runs a new version in a second job, then stops and forgets the first', async (t) => {
  const { scene, want, becomes, run, begun, story } = await serving(t);
  await want(2);
  await becomes(...begun, `JobSubmitted job-${two}`);
  const owners = (await scene.events('JobSubmitted')).map(
    ({ data }) => (JSON.parse(data) as { owner: JobOwner }).owner,
  );
  t.same(
    owners,
    [
      { surface: 'services', tenant: 't1', principal: 'u1' },
      { surface: 'services', tenant: 't1', principal: 'u1' },
    ],
    'both jobs have the same owner',
  );
  await scene.happened(placed(at(two, 0)), started(at(two, 0)));
  await scene.shown();
  t.same(
    (await scene.documents<VersionDocument>()).map(({ fate }) => fate),
    ['serving', 'rolling'],
    'one of two healthy instances does not complete the rollout',
  );
  await scene.happened(placed(at(two, 1)), started(at(two, 1)));
  const replaced = [
    ...begun,
    `JobSubmitted job-${two}`,
    'SketchRolloutSettled sketchService-web',
    `JobStopped job-${one}`,
  ];
  await becomes(...replaced);
  await scene.happened(
    ...[0, 1].flatMap((slot) => [halted(at(one, slot)), released(at(one, slot), 'stopped')]),
    finished(one, 0, 'stopped'),
  );
  await becomes(...replaced, `JobDeleted job-${one}`);
  await eventually(
    async () =>
      (await scene.documents<VersionDocument>()).map(({ work }) => work.job).join() === 'forgotten,begun',
  );
  t.same(await story(), [...replaced, `JobDeleted job-${one}`]);
  // A third version starts while the second serves.
  await want(3);
  await becomes(
    ...replaced,
    `JobDeleted job-${one}`,
    `JobSubmitted job-${jobIdOf({ serviceId, version: 3 })}`,
  );
  await run(jobIdOf({ serviceId, version: 3 }));
  await eventually(async () => (await story()).includes(`JobStopped job-${two}`));
});

void t.test('stops and forgets a job whose stream another program has deleted', async (t) => {
  const { scene, want, becomes, run, begun } = await serving(t);
  await scene.store.tombstoneStream(`job-${one}`, 0);
  await want(2);
  await becomes(...begun, `JobSubmitted job-${two}`);
  await run(two);
  const replaced = [
    ...begun,
    `JobSubmitted job-${two}`,
    'SketchRolloutSettled sketchService-web',
    `JobStopped job-${one}~ended.0`,
  ];
  await becomes(...replaced);
  await scene.happened(
    ...[0, 1].flatMap((slot) => [halted(at(one, slot)), released(at(one, slot), 'stopped')]),
    finished(one, 0, 'stopped'),
  );
  await becomes(...replaced, `JobDeleted job-${one}~ended.0`);
});

void t.test('stops an unhealthy new version and keeps the first', async (t) => {
  const { scene, want, becomes, begun } = await serving(t);
  await want(2);
  await becomes(...begun, `JobSubmitted job-${two}`);
  await scene.happened(
    placed(at(two, 0)),
    started(at(two, 0)),
    placed(at(two, 1)),
    failed(at(two, 1)),
    released(at(two, 1), 'failed'),
  );
  t.same(
    (await scene.documents<VersionDocument>()).map(({ fate }) => fate),
    ['serving', 'rolling'],
  );
  await scene.happened(finished(two, 0, 'failed'));
  await becomes(...begun, `JobSubmitted job-${two}`, 'SketchRolloutSettled sketchService-web');
  await eventually(
    async () =>
      (await scene.documents<VersionDocument>()).map(({ fate }) => fate).join() === 'serving,failed',
  );
  t.match(
    await scene.documents<VersionDocument>(),
    [{ work: { job: 'begun', finished: null } }, { fate: 'failed' }],
    'the job of the first version is unchanged',
  );
});
