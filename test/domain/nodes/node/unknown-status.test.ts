import t from 'tap';
import { MAX_UNKNOWN_STATUSES, type NodeEvent, type RecordHeartbeat } from '#domain/nodes/node/index.js';
import { allocationReport, type AllocationReport } from '#domain/protocol/index.js';
import { a1, accepted, given, named, registered, started, T0 } from './specification.js';

const a2 = { ...a1, allocationId: 'a2', slot: 1 };
const named2 = { ...named, ...a2 };
const placed = new Map([
  ['a1', a1],
  ['a2', a2],
]);
const says = (status: string, tasks: AllocationReport['tasks'] = {}): AllocationReport =>
  allocationReport.parse({ status, tasks });
const task = (status: string): AllocationReport['tasks'] => ({ main: { status, start_time: 100 } });

function beat(
  reports: Readonly<Record<string, AllocationReport>>,
  more: Partial<RecordHeartbeat> = {},
): RecordHeartbeat {
  return {
    type: 'RecordHeartbeat',
    nodeId: 'n1',
    healthy: true,
    resources: { cpu: 4000, memory: 8192 },
    at: T0 + 1000,
    reports,
    placed,
    ...more,
  };
}
function unknown(status: string, more: object = {}): NodeEvent {
  return { type: 'AllocationStatusUnknown', data: { ...named, status, ...more } };
}

void t.test(
  'an unknown status is recorded once per allocation, and marked if it is new for the node',
  async (t) => {
    const first = unknown('completed', { newOfNode: true });
    given(registered(), accepted)
      .when(beat({ a1: says('completed') }))
      .then(t, first);
    given(registered(), accepted, first)
      .when(beat({ a1: says('completed') }))
      .then(t);
    given(registered(), accepted, first)
      .when(beat({ a2: says('completed') }))
      .then(
        t,
        { type: 'AllocationAccepted', data: named2 },
        { type: 'AllocationStatusUnknown', data: { ...named2, status: 'completed' } },
      );
    given(registered(1, 'muster'))
      .when(beat({ a1: says('exited'), a2: says('exited') }))
      .then(t, unknown('exited', { newOfNode: true }), {
        type: 'AllocationStatusUnknown',
        data: { ...named2, status: 'exited' },
      });
  },
);

void t.test('known statuses are not recorded as unknown', async (t) => {
  for (const status of ['pending', 'running', 'complete', 'failed', 'stopped', 'lost'])
    t.notOk(
      given(registered(), accepted)
        .when(beat({ a1: says(status) }))
        .outcome.events.some(({ type }) => type === 'AllocationStatusUnknown'),
      status,
    );
});

void t.test('unknown statuses of tasks are recorded only for running allocations', async (t) => {
  given(registered(), accepted, started())
    .when(beat({ a1: says('running', task('exited')) }))
    .then(t, unknown('exited', { task: 'main', newOfNode: true }));
  given(registered(), accepted)
    .when(beat({ a1: says('pending', task('pulling')) }))
    .then(t);
});

void t.test(
  'a limited number of unknown statuses is recorded per allocation, and each again after its start',
  async (t) => {
    const first = unknown('starting', { newOfNode: true });
    given(registered(), accepted, first, started())
      .when(beat({ a1: says('starting') }))
      .then(t, unknown('starting'));
    const many = Array.from({ length: MAX_UNKNOWN_STATUSES }, (_, n) =>
      unknown(`word ${n}`, { newOfNode: true }),
    );
    given(registered(), accepted, ...many.slice(0, -1))
      .when(beat({ a1: says('one more') }))
      .then(t, unknown('one more', { newOfNode: true }));
    given(registered(), accepted, ...many)
      .when(beat({ a1: says('one more') }))
      .then(t);
  },
);

void t.test('a new registration of a node resets its unknown statuses', async (t) => {
  given(registered(), accepted, unknown('completed', { newOfNode: true }), registered(2), started())
    .when(beat({ a1: says('completed') }))
    .then(t, unknown('completed', { newOfNode: true }));
});
