import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { deploymentJobOf, SERVICE_GROUP, shortfallOf } from '#domain/services/service/index.js';
import { activeWorkIn, services, type ServiceDocument } from '#projections/services/services.js';
import {
  BY,
  configuration,
  createdEvents,
  label,
  PLAN,
  SERVICE,
  WELL,
} from '../../domain/services/service/scene.js';
import {
  blocked,
  exited,
  failed,
  group,
  halted,
  lost,
  place,
  placed,
  released,
  specification,
  started,
  stopRequested,
  submitted,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const jobOf = (number: number): string => deploymentJobOf(SERVICE, number);
const JOB = jobOf(1);
const requested = (number: number, count: number): MusterEvent => ({
  type: 'DeploymentRequested',
  data: {
    serviceId: SERVICE,
    number,
    deploymentId: `550e8400-e29b-41d4-a716-44665544000${number}`,
    version: number,
    label,
    because: 'started',
    by: BY,
    plan: { ...PLAN, count, maxParallel: count },
  },
});
const settled = (number: number, outcome: 'completed' | 'failed'): MusterEvent => ({
  type: 'DeploymentSettled',
  data: {
    serviceId: SERVICE,
    number,
    outcome,
    reason: outcome === 'completed' ? WELL : { code: 'failed', message: 'It failed.' },
  },
});
const at = (id: string, slot = 0, job = JOB) => place(id, job, slot, SERVICE_GROUP);
const runs = (id: string, slot = 0, job = JOB): MusterEvent[] => [
  placed(at(id, slot, job)),
  started(at(id, slot, job)),
];
const begun = (number: number, count: number): MusterEvent[] => [
  requested(number, count),
  submitted(jobOf(number), specification(group(SERVICE_GROUP, count))),
];
const waits = (unplaced = 'e'): MusterEvent =>
  blocked(JOB, unplaced, 0, [{ kind: 'allocation-ended', ref: 'a1' }], SERVICE_GROUP);
const drained: MusterEvent[] = [
  stopRequested(at('a1'), 'drain'),
  halted(at('a1')),
  released(at('a1'), 'stopped'),
];

/** Status and reason of a service after its start with `count` instances and further events. */
function shown(
  count: number,
  ...events: readonly MusterEvent[]
): { readonly status: string | undefined; readonly reason: string | undefined } {
  const first = configuration('shop:1', { count });
  const document = documentAfter<ServiceDocument>(
    services,
    recorded([...createdEvents(first), ...begun(1, count), ...events]),
    SERVICE,
  );
  const reason = document && shortfallOf(activeWorkIn(document));
  return { status: document?.status, reason: reason && `${reason.code}: ${reason.message}` };
}

void t.test('derives the status of a service from its instances', async (t) => {
  const serving = [...runs('a1'), settled(1, 'completed')];
  const cases: readonly (readonly [string, readonly MusterEvent[], string, string | undefined])[] = [
    ['the first instance has not started yet', [], 'deploying', undefined],
    ['the instance runs', serving, 'running', undefined],
    ['the only node is being drained', [...serving, stopRequested(at('a1'), 'drain')], 'running', undefined],
    [
      'the only node is drained',
      [...serving, ...drained],
      'deploying',
      'starting: 0 of 1 instance is running. It will be started again.',
    ],
    [
      'no other node has enough capacity',
      [...serving, ...drained, waits()],
      'deploying',
      'waiting: 0 of 1 instance is running. It waits for a node: 1 of 1 node lacks cpu.',
    ],
    [
      'the instance is placed on another node',
      [...serving, ...drained, waits(), placed(at('a2'))],
      'deploying',
      'starting: 0 of 1 instance is running. It is being started on its node.',
    ],
    [
      'the instance runs on the other node',
      [...serving, ...drained, waits(), ...runs('a2')],
      'running',
      undefined,
    ],
    [
      'the instance failed and is retried',
      [...serving, exited(at('a1'), 'failed', null), failed(at('a1')), released(at('a1'), 'failed', 5)],
      'deploying',
      'starting: 0 of 1 instance is running. It will be started again. The last attempt ended: exit code 1',
    ],
    [
      'the node is lost',
      [...serving, lost(at('a1')), released(at('a1'), 'lost', 0), waits()],
      'deploying',
      'waiting: 0 of 1 instance is running. It waits for a node: 1 of 1 node lacks cpu.',
    ],
    [
      'the service was stopped',
      [...serving, ...drained, { type: 'ServiceStopRequested', data: { serviceId: SERVICE, by: BY } }],
      'stopped',
      undefined,
    ],
  ];
  for (const [message, events, status, reason] of cases)
    t.same(shown(1, ...events), { status, reason }, message);
});

void t.test('shows a service as running while any instance runs, and counts the missing ones', async (t) => {
  const three = [...runs('a0', 0), ...runs('a1', 1), ...runs('a2', 2), settled(1, 'completed')];
  const gone = (id: string, slot: number): MusterEvent[] => [
    lost(at(id, slot)),
    released(at(id, slot), 'lost', 0),
  ];
  t.same(shown(3, ...three), { status: 'running', reason: undefined });
  t.match(shown(3, ...three, ...gone('a1', 1), waits()), {
    status: 'running',
    reason: /^waiting: 2 of 3 instances are running\. It waits for a node/,
  });
  t.match(shown(3, ...three, ...gone('a0', 0), ...gone('a1', 1), ...gone('a2', 2)), {
    status: 'deploying',
    reason: /^starting: 0 of 3 instances are running/,
  });
});

void t.test(
  'shows a service as running during a rollout while an instance of either version runs',
  async (t) => {
    const serving = [...runs('a1'), settled(1, 'completed')];
    t.equal(
      shown(1, ...serving, ...begun(2, 1)).status,
      'running',
      'an instance of the previous version is running',
    );
    t.equal(
      shown(1, ...serving, ...begun(2, 1), ...drained).status,
      'deploying',
      'neither version has a running instance',
    );
    t.equal(
      shown(1, ...serving, ...begun(2, 1), ...drained, ...runs('b1', 0, jobOf(2))).status,
      'running',
      'an instance of the next version is running',
    );
    t.equal(
      shown(1, ...serving, ...begun(2, 1), settled(2, 'failed')).status,
      'running',
      'an instance of the previous version is still running after the next one failed',
    );
  },
);
