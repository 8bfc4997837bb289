import fc from 'fast-check';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { claimIdOf, jobIdOf } from '#domain/gpu/claim/index.js';
import { anyTaskEvent, jobOfRun, placeOfRun } from './arbitrary-task-events.js';
import {
  archived,
  blocked,
  claimed,
  claimEnded,
  cleared,
  completed,
  deleted,
  evaluated,
  exited,
  failed,
  finished,
  gpuReleased,
  group,
  halted,
  lost,
  place,
  placed,
  registered,
  released,
  restarted,
  specification,
  started,
  stopped,
  stopRequested,
  submitted,
  updated,
  type Place,
} from './events.js';

const claim = fc.constantFrom(
  claimIdOf('7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4'),
  claimIdOf('7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d5'),
);
const job = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('j0', 'j1') }, claim.map(jobIdOf), jobOfRun);
const user = fc.constantFrom('u0', 'u1');
const at: fc.Arbitrary<Place> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ job, slot: fc.integer({ min: 0, max: 1 }), attempt: fc.integer({ min: 0, max: 13 }) })
      .map((each) => place(`${each.job}-${each.slot}-${each.attempt}`, each.job, each.slot)),
  },
  placeOfRun,
);
const version = fc.integer({ min: 0, max: 5 });
const evaluation = fc.integer({ min: 0, max: 24 }).map((n) => `e${n}`);
const spec = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.constantFrom('true', 'false'))
  .map(([count, rolled, command]) =>
    specification({ ...group('web', count, command), ...(rolled && { update: { min_healthy_seconds: 0 } }) }),
  );
const deployed: fc.Arbitrary<MusterEvent> = fc
  .tuple(fc.constantFrom('j0', 'j1'), version, fc.constantFrom(1, 2))
  .chain(([jobId, of, open]) => {
    const plan = {
      name: 'web',
      count: 2,
      maxParallel: 1,
      minHealthySeconds: 0,
      progressDeadlineSeconds: 5,
      autoRevert: true,
      open,
    };
    return fc.constantFrom<MusterEvent>(
      { type: 'JobDeploymentStarted', data: { jobId, former: null, groups: [plan] } },
      { type: 'JobDeploymentAdvanced', data: { jobId, version: of, groups: [{ name: 'web', open }] } },
      {
        type: 'JobDeploymentSettled',
        data: { jobId, version: of, outcome: 'failed', reason: { code: 'failed', message: 'exit 1' } },
      },
    );
  });
const outcome = fc.constantFrom('complete', 'failed', 'stopped', 'lost');
const template = fc.constantFrom('t0', 't1');

/** Events of a few jobs, tasks, slots and nodes in any order. No real log is as irregular, so folds must handle any event. */
const anyEvent: fc.Arbitrary<MusterEvent> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(job, spec, evaluation).map((each) => submitted(...each)) },
  { weight: 2, arbitrary: fc.tuple(job, spec, evaluation).map((each) => updated(...each)) },
  fc.tuple(job, spec, evaluation).map((each) => restarted(...each)),
  job.map(stopped),
  job.map(deleted),
  fc.tuple(job, version).map((each) => archived(...each)),
  { weight: 3, arbitrary: deployed },
  { weight: 8, arbitrary: fc.tuple(at, version, version, evaluation).map((each) => placed(...each)) },
  { weight: 4, arbitrary: at.map((each) => started(each)) },
  at.map((each) => exited(each)),
  at.map(completed),
  at.map(failed),
  at.map(halted),
  at.map(lost),
  at.map((each) => stopRequested(each)),
  {
    weight: 3,
    arbitrary: fc
      .tuple(at, outcome, fc.option(fc.constant(5), { nil: undefined }))
      .map(([where, how, retryAt]) => released(where, how, retryAt)),
  },
  { weight: 3, arbitrary: fc.tuple(job, evaluation, version).map((each) => evaluated(...each)) },
  { weight: 2, arbitrary: fc.tuple(job, evaluation, version).map((each) => blocked(...each)) },
  fc.tuple(job, version, fc.constantFrom('complete', 'deleted')).map((each) => finished(...each)),
  fc.tuple(fc.constantFrom('n1', 'n2'), version).map(([node, epoch]) => registered(node, epoch + 1)),
  template.map((templateId): MusterEvent => ({
    type: 'TemplateCreated',
    data: { templateId, content: { name: templateId } },
  })),
  template.map((templateId): MusterEvent => ({ type: 'TemplateDeleted', data: { templateId } })),
  { weight: 2, arbitrary: fc.tuple(claim, user).map((each) => claimed(...each)) },
  fc.tuple(claim, user).map((each) => gpuReleased(...each)),
  fc.tuple(claim, user).map((each) => claimEnded(...each)),
  user.map((userId): MusterEvent => ({ type: 'UserErased', data: { userId } })),
  { weight: 12, arbitrary: anyTaskEvent },
  { weight: 1, arbitrary: fc.constant(cleared) },
);

export function arbitraryHistory(maxLength: number): fc.Arbitrary<readonly MusterEvent[]> {
  return fc.array(anyEvent, { maxLength, size: 'max' });
}
