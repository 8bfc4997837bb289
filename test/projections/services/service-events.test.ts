import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import {
  MAX_SERVICE_EVENTS,
  serviceEvents,
  type ServiceEventsDocument,
} from '#projections/services/service-events.js';
import { createdEvents, SERVICE, WELL } from '../../domain/services/service/scene.js';
import { plainFold } from '../plain-fold.js';

const AT = 1_700_000_000_000;
const placed = {
  allocationId: 'a1',
  jobId: `service.${SERVICE}.1`,
  group: 'service',
  slot: 0,
  nodeId: 'node-7',
};

/** Returns the messages after these events, which are one second apart. */
function told(
  ...events: readonly { readonly type: string; readonly data: object }[]
): ServiceEventsDocument | undefined {
  const recorded = events.map(
    (event, index) =>
      ({ ...event, id: `e${index}`, metadata: { at: AT + index * 1000 } }) as unknown as RecordedMusterEvent,
  );
  return plainFold(serviceEvents, recorded).get(SERVICE) as ServiceEventsDocument | undefined;
}
const textsOf = (document: ServiceEventsDocument | undefined): string[] =>
  (document?.lines ?? []).map(({ text }) => text);

void t.test('describes the events of a service in sentences', (t) => {
  const ofDeployment = { serviceId: SERVICE, number: 1 };
  const document = told(
    ...createdEvents(),
    { type: 'DeploymentRequested', data: { ...ofDeployment, version: 1, by: 'ann' } },
    { type: 'EvaluationBlocked', data: { jobId: placed.jobId, evaluationId: 'ev', reasons: {} } },
    {
      type: 'EvaluationBlocked',
      data: {
        jobId: placed.jobId,
        evaluationId: 'ev',
        reasons: { service: { nodes: 2, filtered: {}, exhausted: { cpu: 2 } } },
      },
    },
    { type: 'AllocationPlaced', data: { ...placed, volumes: ['v'] } },
    {
      type: 'AllocationStarted',
      data: { ...placed, tasks: { main: { startTime: 1, preparedTime: AT / 1000 + 9.5 } } },
    },
    {
      type: 'TaskHealthChanged',
      data: { ...placed, task: 'main', healthy: false, message: 'tcp 80: refused' },
    },
    { type: 'TaskHealthChanged', data: { ...placed, task: 'main', healthy: true, message: null } },
    { type: 'DeploymentSettled', data: { ...ofDeployment, outcome: 'completed', reason: WELL } },
    {
      type: 'TaskExited',
      data: { ...placed, task: 'main', status: 'failed', exitCode: 3, error: null, message: null },
    },
    { type: 'AllocationReleased', data: { ...placed, outcome: 'failed', retryAt: AT + 13_000 } },
    { type: 'AllocationLost', data: { ...placed, reason: 'its node was silent' } },
    { type: 'ServiceRestarted', data: { ...ofDeployment, restarts: 1, by: 'ann' } },
    { type: 'AllocationStopRequested', data: { ...placed, reason: 'drain' } },
    { type: 'AllocationStopped', data: placed },
    {
      type: 'DeploymentSettled',
      data: {
        serviceId: SERVICE,
        number: 2,
        outcome: 'failed',
        reason: { code: 'failed', message: 'An instance failed: no' },
      },
    },
    {
      type: 'ServiceConfigured',
      data: { serviceId: SERVICE, version: 3, because: 'reverted', from: 1, by: 'muster' },
    },
    { type: 'ServiceStopRequested', data: { serviceId: SERVICE, by: 'ann' } },
  );
  t.same(textsOf(document), [
    'It was created.',
    'Version 1 was created.',
    'Deployment 1 of version 1 was requested.',
    'It waits for a node: 2 of 2 nodes lack cpu.',
    'Instance 1 of deployment 1 was placed on node node-7, where its volume is.',
    'Instance 1 of deployment 1 started on node node-7. Its image was ready after 4.5 s.',
    'Instance 1 of deployment 1 became unhealthy: tcp 80: refused',
    'Instance 1 of deployment 1 became healthy.',
    'Deployment 1 completed. The instance is healthy.',
    'Instance 1 of deployment 1 failed with code 3.',
    'Instance 1 of deployment 1 will be started again in 2 s.',
    'Instance 1 of deployment 1 was lost on node node-7: its node was silent',
    'It was restarted.',
    'Instance 1 of deployment 1 was asked to stop: its node is draining.',
    'Instance 1 of deployment 1 stopped.',
    'Deployment 2 failed. An instance failed: no',
    'Rolled back to version 1, as version 3: the version in between failed.',
    'It was stopped.',
  ]);
  t.match(document?.lines[2], {
    number: 3,
    kind: 'deployment',
    by: 'ann',
    deployment: 1,
    allocationId: null,
  });
  t.match(document?.lines[4], { number: 5, kind: 'placed', by: null, deployment: 1, allocationId: 'a1' });
  t.end();
});

void t.test('keeps only the newest events, without renumbering, and none of a deleted service', (t) => {
  const many = Array.from({ length: 300 }, () => ({
    type: 'ServiceStopRequested',
    data: { serviceId: SERVICE, by: 'ann' },
  }));
  const document = told(...createdEvents(), ...many);
  t.equal(document?.count, 302);
  t.same(
    [document?.lines.length, document?.lines[0]?.number, document?.lines.at(-1)?.number],
    [MAX_SERVICE_EVENTS, 103, 302],
  );
  const late = { type: 'AllocationStopped', data: placed };
  t.equal(
    told(
      ...createdEvents(),
      { type: 'ServiceDeleted', data: { serviceId: SERVICE, volumes: false, by: 'ann' } },
      late,
    ),
    undefined,
  );
  t.equal(
    told(...createdEvents(), { type: 'AllocationStopped', data: { ...placed, jobId: 'another' } })?.count,
    2,
    'events of other jobs are ignored',
  );
  t.end();
});

void t.test("reports a version's image, and images on nodes that differ from it", (t) => {
  const [one, two] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
  const ofDeployment = { serviceId: SERVICE, number: 1 };
  const begun = (imageDigest: string) => ({
    type: 'AllocationStarted',
    data: { ...placed, tasks: { main: { startTime: 1, imageDigest } } },
  });
  const document = told(
    ...createdEvents(),
    { type: 'DeploymentRequested', data: { ...ofDeployment, version: 1, by: 'ann' } },
    begun(one),
    { type: 'ServiceImagePinned', data: { ...ofDeployment, version: 1, imageDigest: one } },
    begun(one),
    begun(two),
    { type: 'ServiceImageReleased', data: { serviceId: SERVICE, version: 1, imageDigest: one, by: 'ann' } },
    { type: 'ServiceRestarted', data: { ...ofDeployment, restarts: 1, pull: true, by: 'ann' } },
    begun(two),
    {
      type: 'DeploymentRequested',
      data: { ...ofDeployment, number: 2, version: 1, by: 'ann', image: { image_digest: two } },
    },
    {
      type: 'AllocationStarted',
      data: { ...placed, jobId: `service.${SERVICE}.2`, tasks: { main: { startTime: 1, imageDigest: one } } },
    },
  );
  t.same(textsOf(document).slice(3), [
    'Instance 1 of deployment 1 started on node node-7.',
    `Version 1 runs the image ${one} from now on.`,
    'Instance 1 of deployment 1 started on node node-7.',
    `Instance 1 of deployment 1 started on node node-7. Its node has another image under that name: ${two}, not ${one}.`,
    `The image of version 1 is resolved again; until now it was ${one}.`,
    'It was restarted.',
    'Instance 1 of deployment 1 started on node node-7.',
    'Deployment 2 of version 1 was requested.',
    `Instance 1 of deployment 2 started on node node-7. Its node has another image under that name: ${one}, not ${two}.`,
  ]);
  t.end();
});
