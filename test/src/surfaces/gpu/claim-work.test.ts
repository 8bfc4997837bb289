import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { claimIdOf, claims, jobIdOf, placementOf } from '#domain/gpu/claim/index.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { statusOf, type GpuClaimDocument, gpuClaims } from '#projections/gpu/gpu-claims.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { users } from '#domain/accounts/user/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { claimWork } from '#src/surfaces/gpu/claim-work.js';
import { WorkLoop } from '#src/fleet/owned-work/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const claimId = claimIdOf('7c9e6679-7425-5e2b-9de2-f0f1a1b2c3d4');
const jobId = jobIdOf(claimId);
const userId = 'u1';
const claimed: MusterEvent = {
  type: 'GpuClaimed',
  data: {
    claimId,
    userId,
    userNumber: 1,
    tenantId: 't1',
    image: 'busybox',
    gpuCount: 2,
    cpu: 500,
    memory: 1024,
  },
};
const released: MusterEvent = { type: 'GpuReleased', data: { claimId, userId } };
const at = { allocationId: 'a1', jobId, group: 'claim', slot: 0, nodeId: 'n1' };
const placed = (allocationId: string, attempt: number, nodeId = 'n1'): MusterEvent => ({
  type: 'AllocationPlaced',
  data: {
    ...at,
    allocationId,
    nodeId,
    jobVersion: 0,
    attempt,
    epoch: 1,
    evaluationId: 'e',
    resources: { gpus: 2 },
    gpuDevices: { main: [0, 1] },
  },
});
const finished = (outcome: 'complete' | 'failed'): MusterEvent => ({
  type: 'JobFinished',
  data: { jobId, jobVersion: 0, outcome },
});

async function scene(t: Test) {
  const api = await openTestApi(t);
  const saga = (readModels: ReadModels = api.models) => {
    const started = new WorkLoop(claimWork, {
      executor: api.executor,
      eventStore: api.store,
      readModels,
      changes: api.projector,
      clock: systemClock,
      ids: { uuid: randomUUID },
      logger: { info: () => undefined, warn: () => undefined },
    });
    t.teardown(() => started.stop());
    return started;
  };
  const shown = async () => await api.models.waitFor((await api.events()).at(-1)?.position ?? 0n, 10_000);
  const types = async () =>
    (await api.events())
      .filter(({ stream }) => !/^(user|username|tenant|counter|session|node|scheduler)/.test(stream))
      .map(({ type }) => type);
  const document = async () => {
    const claim = JSON.parse(
      (await api.models.get(gpuClaims.name, claimId))?.json ?? 'null',
    ) as GpuClaimDocument;
    return { ...claim, placement: placementOf(claim) };
  };
  const become = async (...wanted: string[]) =>
    await eventually(async () => {
      const found = await types();
      if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(found));
      return found;
    });
  return { api, saga, types, document, become, shown };
}

/** Calls `looked` for each read of a list. */
function counting(models: ReadModels, looked: () => void): ReadModels {
  return {
    shared: models.shared,
    get: (...asked) => models.get(...asked),
    list: (...asked) => {
      looked();
      return models.list(...asked);
    },
    count: (...asked) => models.count(...asked),
    position: () => models.position(),
    waitFor: (...asked) => models.waitFor(...asked),
    close: () => models.close(),
  };
}

const context = (): CommandContext => commandContext({ surface: 'gpu' });

void t.test('submits the missing job of a claim exactly once after a crash', async (t) => {
  const { api, saga, become, types, shown } = await scene(t);
  await api.happened(claimed);
  const sagas = [saga(), saga(), saga()];
  await become('GpuClaimed', 'JobSubmitted');
  await shown();
  await eventually(() => sagas.every((each) => each.status().due === 0));
  await Promise.all(sagas.map((each) => each.stop()));
  t.same(await types(), ['GpuClaimed', 'JobSubmitted']);
  t.match(await api.executor.load(jobs, jobId), {
    kind: 'present',
    owner: { surface: 'gpu', principal: userId },
    specification: { task_groups: [{ tasks: [{ resources: { gpus: 2, cpu: 1000, memory: 2048 } }] }] },
  });
  const [begun] = (await api.events()).filter(({ type }) => type === 'JobSubmitted');
  t.match(JSON.parse(begun?.metadata ?? ''), {
    actor: 'saga:claims',
    $correlationId: 'test',
    $causationId: 'gpuClaim-u1@0',
  });
});

void t.test(
  'does not read the models while no event arrives, and continues with the next event',
  async (t) => {
    const { api, saga, become, shown } = await scene(t);
    let looks = 0;
    const { models } = api;
    saga(counting(models, () => (looks += 1)));
    await api.happened(claimed);
    await become('GpuClaimed', 'JobSubmitted');
    await shown();
    // The saga reads a few more times because of its own job.
    let before = -1;
    await eventually(async () => {
      before = looks;
      await pause(300);
      return looks === before;
    });
    await pause(300);
    t.equal(looks, before);
    await api.happened(released);
    await become('GpuClaimed', 'JobSubmitted', 'GpuReleased', 'JobStopped');
    t.ok(looks > before);
  },
);

void t.test('starts no job for a released claim, and stops one that was started anyway', async (t) => {
  const { api, saga, become, types } = await scene(t);
  await api.happened(claimed, released);
  let looks = 0;
  const first = saga(counting(api.models, () => (looks += 1)));
  await eventually(() => looks > 0);
  await first.stop();
  t.same(await types(), ['GpuClaimed', 'GpuReleased']);
  // A slow server submits the job, because it saw the claim but not its release.
  await api.happened({
    type: 'JobSubmitted',
    data: {
      jobId,
      evaluationId: 'e',
      specification: {
        task_groups: [
          { name: 'claim', tasks: [{ name: 'main', driver: 'docker', config: { image: 'busybox' } }] },
        ],
      },
      owner: { surface: 'gpu', tenant: null, principal: userId },
    },
  });
  saga();
  await become('GpuClaimed', 'GpuReleased', 'JobSubmitted', 'JobStopped');
});

void t.test('ends a claim with the outcome of its job', async (t) => {
  for (const [outcome, phase, exitCode] of [
    ['complete', 'Succeeded', 0],
    ['failed', 'Failed', 1],
  ] as const) {
    const { api, saga, become, document } = await scene(t);
    await api.happened(claimed);
    saga();
    await become('GpuClaimed', 'JobSubmitted');
    const status = exitCode === 0 ? 'complete' : 'failed';
    await api.happened(placed('a1', 0), {
      type: 'AllocationStarted',
      data: { ...at, startTime: 1, tasks: {} },
    });
    await api.happened({
      type: 'TaskExited',
      data: { ...at, task: 'main', status, startTime: 1, endTime: 2, exitCode, error: null, message: null },
    });
    t.equal((await api.executor.load(claims, userId)).size, 1);
    await api.happened({ type: 'AllocationReleased', data: { ...at, outcome: status } }, finished(outcome));
    await become('GpuClaimed', 'JobSubmitted', 'GpuClaimEnded');
    t.equal((await api.executor.load(claims, userId)).size, 0);
    await api.caughtUp();
    t.same(statusOf(await document()), { phase, reason: 'ContainerExited' });
  }
});

void t.test('releases the claims of an erased account', async (t) => {
  const { api, saga, become } = await scene(t);
  const { userId: erased } = await api.identity.registrations.register(
    { username: 'ann', password: 'password123', role: 'user' },
    context(),
  );
  const { data } = claimed;
  await api.executor.execute(
    claims,
    erased,
    {
      kind: 'claim',
      claim: { ...(data as Extract<MusterEvent, { type: 'GpuClaimed' }>['data']), userId: erased },
      role: 'user',
      quota: 2,
    },
    context(),
  );
  saga();
  await become('GpuClaimed', 'JobSubmitted');
  await api.executor.execute(
    users,
    erased,
    { kind: 'erase', userId: erased, otherAdministrators: true },
    context(),
  );
  await become('GpuClaimed', 'JobSubmitted', 'GpuReleased', 'JobStopped');
});

void t.test('places a claim on another node after its node was lost, and shows the reason', async (t) => {
  const { api, document } = await scene(t);
  const status = async () => statusOf(await document());
  await api.happened(claimed);
  t.same(await status(), { phase: 'Pending', reason: 'PendingEvaluation' });
  await api.happened(placed('a1', 0));
  t.same(await status(), { phase: 'Pending', reason: 'ContainerCreating' });
  await api.happened({ type: 'AllocationStarted', data: { ...at, startTime: 1, tasks: {} } });
  t.same(await status(), { phase: 'Running', reason: '' });
  await api.happened({
    type: 'TaskStarted',
    data: { ...at, task: 'main', startTime: 1, containerId: '4c01db0b339c' },
  });
  t.match(await document(), { placement: { nodeId: 'n1', containerId: '4c01db0b339c' } });
  await api.happened({ type: 'AllocationReleased', data: { ...at, outcome: 'lost', retryAt: 5 } });
  t.same(await status(), { phase: 'Pending', reason: 'NodeLost' });
  t.equal((await document()).placement, null);
  const blocked: MusterEvent = {
    type: 'EvaluationBlocked',
    data: {
      evaluationId: 'e',
      jobId,
      jobVersion: 0,
      triggers: [],
      reasons: { claim: { unplaced: 1, nodes: 1, filtered: { unschedulable: 1 }, exhausted: {}, short: {} } },
    },
  };
  await api.happened(blocked);
  t.same(await status(), { phase: 'Pending', reason: 'NoNodeOnline' });
  await api.happened(placed('a2', 1, 'n2'), {
    type: 'AllocationStarted',
    data: {
      ...at,
      allocationId: 'a2',
      nodeId: 'n2',
      startTime: 1,
      tasks: { main: { startTime: 1, containerId: 'docker://5d' } },
    },
  });
  t.same(await status(), { phase: 'Running', reason: 'NodeLost' });
  t.match(await document(), { placement: { nodeId: 'n2', containerId: 'docker://5d' } });
  await api.happened({
    type: 'AllocationFailed',
    data: { ...at, startTime: 1, endTime: 2, message: 'late' },
  });
  t.same(
    await status(),
    { phase: 'Running', reason: 'NodeLost' },
    'a late report of the lost allocation changes nothing',
  );
  await api.happened({
    type: 'TaskExited',
    data: {
      ...at,
      allocationId: 'a2',
      task: 'main',
      status: 'failed',
      startTime: null,
      endTime: null,
      exitCode: null,
      error: 'image pull failed: no such image',
      message: null,
    },
  });
  t.equal((await status()).reason, 'ImagePullFailed');
});
