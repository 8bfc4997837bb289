import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { deploymentJobOf, deploymentKeyOf } from '#domain/services/service/index.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { BY, createdEvents, label, PLAN, SERVICE } from '../../domain/services/service/scene.js';
import { deleted, exited, place, placed, started, submitted, specification, group } from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const JOB = deploymentJobOf(SERVICE, 1);
const requested: MusterEvent = {
  type: 'DeploymentRequested',
  data: {
    serviceId: SERVICE,
    number: 1,
    deploymentId: '550e8400-e29b-41d4-a716-446655440009',
    version: 1,
    label,
    because: 'started',
    by: BY,
    plan: PLAN,
  },
};
const gaveBack = (allocation: string): MusterEvent => {
  const event = exited(place(allocation, JOB, 0, 'service'));
  return { ...event, data: { ...event.data, result: 'sealed' } } as MusterEvent;
};
const instance = (allocation: string): MusterEvent[] => [
  placed(place(allocation, JOB, 0, 'service')),
  started(place(allocation, JOB, 0, 'service')),
];
const begun = [...createdEvents(), requested, submitted(JOB, specification(group('service')))];
const shown = (...events: readonly MusterEvent[]): ServiceDeploymentDocument | undefined =>
  documentAfter(serviceDeployments, recorded([...begun, ...events]), deploymentKeyOf(SERVICE, 1));

void t.test('keeps outputs of former instances, even late ones', async (t) => {
  const two = shown(...instance('a1'), gaveBack('a1'), ...instance('a2'));
  t.match(two, {
    ends: [{ allocationId: 'a1', slot: 0, resultAt: 1 }],
    work: { groups: { service: { slots: [{ allocationId: 'a2' }] } } },
  });
  t.match(shown(...instance('a1'), ...instance('a2'), gaveBack('a1')), { ends: [{ allocationId: 'a1' }] });
  t.same(shown(...instance('a1'))?.ends, []);
});

void t.test('drops outputs with the service or job', async (t) => {
  const over: MusterEvent = { type: 'ServiceDeleted', data: { serviceId: SERVICE, volumes: false, by: BY } };
  const stop: MusterEvent = { type: 'ServiceStopRequested', data: { serviceId: SERVICE, by: BY } };
  const told = [...instance('a1'), gaveBack('a1')];
  t.equal(shown(...told, over)?.ends, null);
  t.equal(shown(...told, stop, over)?.ends, null, 'outputs of a stopped deployment are dropped');
  t.equal(
    shown(...told, over, ...instance('a2'), gaveBack('a2'))?.ends,
    null,
    'outputs that arrive later are dropped',
  );
  t.equal(shown(...told, stop, deleted(JOB))?.ends, null);
});

void t.test(
  "counts a failed deployment's rollback as a later deployment before the rollback is recorded",
  async (t) => {
    const settled = (revertedBy?: number): MusterEvent => ({
      type: 'DeploymentSettled',
      data: {
        serviceId: SERVICE,
        number: 1,
        outcome: 'failed',
        reason: { code: 'failed', message: '' },
        ...(revertedBy !== undefined && { revertedBy }),
      },
    });
    t.match(shown(settled(2)), { outcome: 'failed', retention: { later: 1 } });
    t.match(shown(settled()), { outcome: 'failed', retention: { later: 0 } });
  },
);
