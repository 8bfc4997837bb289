import t from 'tap';
import type { EventsOf, RecordedOf } from '#domain/kernel/event/index.js';
import { PLAN_LOG_EVENTS, PlanLogCheck } from '#domain/scheduling/index.js';
import { allocationIdOf } from '#domain/scheduling/allocation-id.js';

type CheckedEvent = EventsOf<typeof PLAN_LOG_EVENTS>;
type Placed = Extract<CheckedEvent, { type: 'AllocationPlaced' }>['data'];

const node = (resources: Record<string, number>): CheckedEvent => ({
  type: 'NodeCapacitySet',
  data: { nodeId: 'n', epoch: 1, resources, schedulable: true },
});

function placed(jobId: string, takes: Pick<Placed, 'resources'> & Partial<Placed>): CheckedEvent {
  const slot = { jobId, jobVersion: 0, group: 'main', slot: 0, attempt: 0 };
  return {
    type: 'AllocationPlaced',
    data: {
      allocationId: allocationIdOf(jobId, 0, 'main', 0, 0),
      ...slot,
      nodeId: 'n',
      epoch: 1,
      evaluationId: 'e',
      ...takes,
    },
  };
}

const released = (jobId: string): CheckedEvent => ({
  type: 'AllocationReleased',
  data: {
    allocationId: allocationIdOf(jobId, 0, 'main', 0, 0),
    jobId,
    group: 'main',
    slot: 0,
    nodeId: 'n',
    outcome: 'complete',
  },
});

/** Returns each finding as its check, the revision of its event and its detail. */
function found(...events: CheckedEvent[]): string[] {
  const check = new PlanLogCheck();
  for (const [revision, event] of events.entries())
    check.fold({ ...event, stream: 'scheduler', revision } as RecordedOf<typeof PLAN_LOG_EVENTS>);
  return check.findings.map(
    ({ check, subject, detail }) => `${check} ${/revision \d+/.exec(subject)?.[0] ?? ''}: ${detail}`,
  );
}

const gpus = (...devices: number[]) => ({
  resources: { gpus: devices.length },
  gpuDevices: { main: devices },
});

void t.test('a device that two allocations hold is reported', async (t) => {
  const capacity = node({ gpus: 4 });
  t.strictSame(found(capacity, placed('a', gpus(0, 1)), placed('b', gpus(2, 3))), []);
  t.strictSame(found(capacity, placed('a', gpus(0, 1)), placed('b', gpus(1, 2))), [
    'plan-log.capacity revision 2: not all of the devices 1, 2 of node n are free',
  ]);
  t.strictSame(
    found(capacity, placed('a', gpus(0, 1)), released('a'), placed('b', gpus(1))),
    [],
    'a released device is free',
  );
});

void t.test('a device that one allocation lists twice is reported', async (t) => {
  t.strictSame(found(node({ gpus: 4 }), placed('a', gpus(1, 1))), [
    'plan-log.capacity revision 1: not all of the devices 1, 1 of node n are free',
  ]);
});

void t.test(
  'a device index beyond the last device of the node is reported, but not the last one itself',
  async (t) => {
    t.strictSame(found(node({ gpus: 2 }), placed('a', gpus(1))), []);
    t.strictSame(found(node({ gpus: 2 }), placed('a', gpus(2))), [
      'plan-log.capacity revision 1: not all of the devices 2 of node n are free',
    ]);
  },
);

void t.test('more or fewer devices than requested are reported', async (t) => {
  t.strictSame(
    found(node({ gpus: 4 }), placed('a', { resources: { gpus: 1 }, gpuDevices: { main: [0, 1] } })),
    ['plan-log.capacity revision 1: 2 devices are assigned for 1 gpus'],
  );
  t.strictSame(found(node({ gpus: 4 }), placed('a', { resources: { gpus: 1 } })), [
    'plan-log.capacity revision 1: 0 devices are assigned for 1 gpus',
  ]);
});

void t.test('exceeding the capacity by one unit is reported for every resource', async (t) => {
  for (const name of ['cpu', 'memory', 'disk', 'licences']) {
    t.strictSame(
      found(
        node({ [name]: 10 }),
        placed('a', { resources: { [name]: 6 } }),
        placed('b', { resources: { [name]: 4 } }),
      ),
      [],
    );
    t.strictSame(
      found(
        node({ [name]: 10 }),
        placed('a', { resources: { [name]: 6 } }),
        placed('b', { resources: { [name]: 5 } }),
      ),
      [`plan-log.capacity revision 2: node n lacks 1 of ${name}`],
    );
  }
});

void t.test(
  'a capacity below the held amounts is reported, even if it only excludes one held device by its index',
  async (t) => {
    const shrunk = [
      'plan-log.shrink revision 2: node n has less than is held by its allocations that were not asked to stop',
    ];
    t.strictSame(found(node({ cpu: 10 }), placed('a', { resources: { cpu: 6 } }), node({ cpu: 6 })), []);
    t.strictSame(found(node({ cpu: 10 }), placed('a', { resources: { cpu: 6 } }), node({ cpu: 5 })), shrunk);
    t.strictSame(found(node({ gpus: 4 }), placed('a', gpus(3)), node({ gpus: 4 })), []);
    t.strictSame(found(node({ gpus: 4 }), placed('a', gpus(3)), node({ gpus: 3 })), shrunk);
  },
);

void t.test(
  'a host port that two allocations hold is reported, whether it is static or dynamic',
  async (t) => {
    const given = (host: number) => ({
      resources: {},
      ports: [host],
      assignedPorts: { main: [{ container: 80, host }] },
    });
    t.strictSame(found(node({}), placed('a', given(20_000)), placed('b', given(20_001))), []);
    t.strictSame(
      found(node({}), placed('a', given(20_000)), placed('b', { resources: {}, ports: [20_000] })),
      ['plan-log.capacity revision 2: node n lacks 1 of port 20000'],
    );
  },
);

void t.test(
  'a chosen port that its allocation does not hold is reported, and so is a port held twice',
  async (t) => {
    t.strictSame(
      found(
        node({}),
        placed('a', { resources: {}, ports: [1], assignedPorts: { main: [{ container: 80, host: 2 }] } }),
      ),
      ['plan-log.capacity revision 1: port 2 was assigned but is not held'],
    );
    t.strictSame(found(node({}), placed('a', { resources: {}, ports: [1, 1] })), [
      'plan-log.capacity revision 1: it holds a port twice',
    ]);
  },
);

void t.test('a volume that two allocations hold is reported, unless both only read it', async (t) => {
  const writes = { resources: {}, volumes: ['v'] };
  const reads = { ...writes, readOnlyVolumes: ['v'] };
  const capacity = node({});
  t.strictSame(found(capacity, placed('a', reads), placed('b', reads)), []);
  for (const [one, other] of [
    [writes, reads],
    [reads, writes],
    [writes, writes],
  ] as const)
    t.strictSame(found(capacity, placed('a', one), placed('b', other)), [
      'plan-log.capacity revision 2: node n lacks 1 of volume v',
    ]);
  t.strictSame(found(capacity, placed('a', writes), released('a'), placed('b', writes)), []);
});

void t.test('a volume used on a node other than its own, or dropped while held, is reported', async (t) => {
  const volumes = { resources: {}, volumes: ['v'] };
  const other: CheckedEvent = {
    type: 'NodeCapacitySet',
    data: { nodeId: 'm', epoch: 1, resources: {}, schedulable: true },
  };
  const dropped: CheckedEvent = { type: 'VolumeDropped', data: { name: 'v', node: 'n' } };
  const elsewhere = placed('b', { ...volumes, nodeId: 'm' });
  t.strictSame(found(node({}), other, placed('a', volumes), released('a'), elsewhere), [
    'plan-log.capacity revision 4: node m lacks 1 of volume v',
  ]);
  t.strictSame(
    found(node({}), other, placed('a', volumes), released('a'), dropped, elsewhere),
    [],
    'a new volume of that name may be on another node',
  );
  t.strictSame(found(node({}), placed('a', volumes), dropped), [
    'plan-log.volume revision 2: volume v is held',
  ]);
});
