import t from 'tap';
import { evaluationOf, NO_WORK, type WorkSlot, type WorkView } from '#domain/work/index.js';
import {
  blockedMessage,
  deploymentDueAt,
  deploymentJobOf,
  decideDeployment,
  PULL_TASK,
  SERVICE_GROUP,
  workVersionOf,
  type ActiveDeploymentState,
} from '#domain/services/service/index.js';
import { PLAN, SERVICE } from './scene.js';

void t.test('the reasons why an instance is blocked are described in words', (t) => {
  const cases = [
    [{ nodes: 0, filtered: {}, exhausted: {} }, 'there are no nodes'],
    [
      { nodes: 2, filtered: { 'driver docker': 1 }, exhausted: { memory: 1 } },
      '1 of 2 nodes is ruled out by driver docker, 1 of 2 nodes lacks memory',
    ],
    [
      { nodes: 2, filtered: {}, exhausted: { 'reserved for earlier work': 1 } },
      '1 of 2 nodes is reserved for a job that has waited longer or has a higher priority',
    ],
    [
      { nodes: 2, filtered: {}, exhausted: { 'lost allocations': 1 } },
      '1 of 2 nodes may still run allocations that were lost with it',
    ],
    [
      {
        nodes: 1,
        filtered: {},
        exhausted: { 'volume service.29c53fc9-b113-5382-947e-20bd88c28580.data': 1 },
      },
      'its volume data is still in use',
    ],
    [{ nodes: 1, filtered: {}, exhausted: {} }, 'no node has enough free capacity'],
    [
      { nodes: 1, filtered: { 'attribute docker.assigned_ports': 1 }, exhausted: {} },
      '1 of 1 node: Docker is not ready, or the agent does not publish ports',
    ],
  ] as const;
  for (const [reason, words] of cases)
    t.equal(blockedMessage({ [SERVICE_GROUP]: { unplaced: 1, short: {}, ...reason } }), words);
  t.end();
});

const DIGEST = `web@sha256:${'a'.repeat(64)}`;
const jobId = deploymentJobOf(SERVICE, 1);
const standing: ActiveDeploymentState = { kind: 'serving', restarts: 1, instances: 1, plan: PLAN };

/** A deployment of one instance in the state `of`, whose job matches the state `asked`. */
function deployment(
  asked: ActiveDeploymentState,
  of: ActiveDeploymentState,
  imageDigest: string,
  more: Partial<WorkView> = {},
  running = true,
  name = 'main',
) {
  const task = {
    status: 'running',
    startTime: 1,
    endTime: null,
    exitCode: null,
    error: null,
    message: null,
    healthy: true,
    healthySince: 1,
    imageDigest,
  } as const;
  const slot: WorkSlot = {
    allocationId: 'a1',
    nodeId: 'n',
    jobVersion: 0,
    attempt: 0,
    running,
    ran: true,
    ended: null,
    message: null,
    tasks: { [name]: task },
    released: null,
    final: false,
    retryAt: null,
    moved: null,
  };
  const view = {
    ...NO_WORK,
    job: 'begun',
    asked: evaluationOf(jobId, { to: 'be', version: workVersionOf(asked) }),
    evaluated: true,
  } as const;
  const work: WorkView = {
    ...view,
    groups: { [SERVICE_GROUP]: { identity: 'i', since: 0, slots: [slot] } },
    ...more,
  };
  return {
    serviceId: SERVICE,
    number: 1,
    requestedAt: 0,
    retention: { over: false, later: 0 },
    standing: of,
    work,
  };
}

void t.test('a pulled image ends the wait for it, and is no healthy instance', (t) => {
  const pulling: ActiveDeploymentState = {
    kind: 'rollout',
    restarts: 0,
    instances: 1,
    plan: PLAN,
    pullOn: 'n',
  };
  const { pullOn: _, ...starting } = pulling;
  const image = { image_digest: DIGEST };
  const decided = (of: ActiveDeploymentState, task: string, now: number, running = true) =>
    decideDeployment(deployment(of, { ...of, image }, DIGEST, {}, running, task), now);
  t.same(decided(pulling, PULL_TASK, 0), { kind: 'prepared' });
  t.equal(decided(pulling, PULL_TASK, 0, false), undefined);
  t.match(decided(pulling, PULL_TASK, 300_000, false), {
    outcome: 'failed',
    reason: { code: 'deadline', message: /image has not been pulled after 300 s/ },
  });
  t.equal(decided(starting, PULL_TASK, 250_000), undefined, 'the former job of the deployment is ignored');
  t.match(decided(starting, 'main', 250_000), { outcome: 'completed' });
  t.end();
});

void t.test('the first image digest that an instance reports is pinned once', (t) => {
  const found = deployment(standing, standing, DIGEST);
  t.same(decideDeployment(found, 0), { kind: 'pin', restarts: 1, imageDigest: DIGEST });
  t.equal(deploymentDueAt(found), 0);
  const pinned: ActiveDeploymentState = { ...standing, image: { image_digest: DIGEST } };
  t.equal(decideDeployment(deployment(pinned, pinned, DIGEST), 0), undefined);
  t.equal(deploymentDueAt(deployment(pinned, pinned, DIGEST)), undefined);
  t.equal(
    deploymentDueAt(deployment(standing, pinned, DIGEST)),
    0,
    'the job of the deployment has to be updated',
  );
  t.end();
});

void t.test(
  'a rollout fails when an instance has used up its restarts, while a serving deployment does not',
  (t) => {
    const rollout: ActiveDeploymentState = { ...standing, kind: 'rollout', image: { image_digest: DIGEST } };
    const exhausted = (of: ActiveDeploymentState) => {
      const known = deployment(of, of, DIGEST, {}, false);
      const [slot] = known.work.groups[SERVICE_GROUP]!.slots;
      const waiting: WorkSlot = {
        ...slot!,
        ended: 'failed',
        message: 'exited with code 3',
        released: 'failed',
        retryAt: 60_000,
        rescheduled: true,
      };
      return {
        ...known,
        work: { ...known.work, groups: { [SERVICE_GROUP]: { identity: 'i', since: 0, slots: [waiting] } } },
      };
    };
    t.match(decideDeployment(exhausted(rollout), 0), {
      kind: 'settle',
      outcome: 'failed',
      reason: { code: 'failed' },
    });
    t.equal(decideDeployment(exhausted({ ...rollout, kind: 'serving' }), 0), undefined);
    t.end();
  },
);

void t.test('an image digest is ignored if it is outdated, malformed or of an ended instance', (t) => {
  t.equal(decideDeployment(deployment({ ...standing, restarts: 0 }, standing, DIGEST), 0), undefined);
  t.equal(decideDeployment(deployment(standing, standing, DIGEST, {}, false), 0), undefined);
  t.match(decideDeployment(deployment(standing, standing, DIGEST, { finished: 'failed' }), 0), {
    kind: 'fail',
  });
  for (const told of ['', 'web:1', 'sha256:00', `web@sha512:${'a'.repeat(64)}`])
    t.equal(decideDeployment(deployment(standing, standing, told), 0), undefined, told);
  t.end();
});
