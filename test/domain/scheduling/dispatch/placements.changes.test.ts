import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { RecordedOf } from '#domain/kernel/event/index.js';
import { PLACEMENT_EVENTS, Placements } from '#domain/scheduling/dispatch/placements.js';
import { nameOfPlacementsRecord, recordsOfPlacements } from '#domain/scheduling/dispatch/snapshot.js';

function apply(placements: Placements, event: MusterEvent) {
  const metadata = { $correlationId: 'c', $causationId: 'c', at: 1, v: 1 };
  return placements.apply(
    Object.assign({}, event, {
      id: 'e',
      stream: 's',
      revision: 0,
      position: 0n,
      metadata,
    }) as RecordedOf<typeof PLACEMENT_EVENTS>,
  );
}

function folded(...events: MusterEvent[]): Placements {
  const placements = new Placements();
  for (const event of events) apply(placements, event);
  return placements;
}

const ref = { allocationId: 'a', jobId: 'j', group: 'web', slot: 2, nodeId: 'n' };
const registered = (epoch = 1, endpoint: string | null = 'http://10.0.0.1:9'): MusterEvent => ({
  type: 'NodeRegistered',
  data: {
    nodeId: 'n',
    epoch,
    ipAddress: '10.0.0.1',
    resources: {},
    attributes: {},
    healthy: true,
    endpoint,
    protocol: 'muster',
  },
});
const placed = (gpuDevices?: Record<string, number[]>): MusterEvent => ({
  type: 'AllocationPlaced',
  data: {
    ...ref,
    jobVersion: 3,
    attempt: 0,
    epoch: 1,
    evaluationId: 'v',
    resources: {},
    ...(gpuDevices && { gpuDevices }),
  },
});
const ended = { startTime: null, endTime: null, message: null };
const heartbeat = {
  type: 'NodeHeartbeatReceived',
  data: { nodeId: 'n', epoch: 1, healthy: true, resources: {} },
} as MusterEvent;
const down: MusterEvent = { type: 'NodeWentDown', data: { nodeId: 'n', epoch: 1, reason: 'silent' } };
const back: MusterEvent = { type: 'NodeCameBack', data: { nodeId: 'n', epoch: 1 } };
const ENDS: readonly MusterEvent[] = [
  { type: 'AllocationCompleted', data: { ...ref, ...ended } },
  { type: 'AllocationFailed', data: { ...ref, ...ended } },
  { type: 'AllocationStopped', data: { ...ref, ...ended } },
  { type: 'AllocationLost', data: { ...ref, reason: 'gone' } },
];
const released: MusterEvent = { type: 'AllocationReleased', data: { ...ref, outcome: 'lost' } };
const OF_ALLOCATIONS: readonly MusterEvent[] = [
  { type: 'AllocationAccepted', data: ref },
  { type: 'AllocationStarted', data: { ...ref, startTime: 1, tasks: {} } },
  { type: 'AllocationStopRequested', data: { ...ref, reason: 'drain' } },
  ...ENDS,
  released,
];
const cleared: MusterEvent = { type: 'ClusterCleared', data: {} };

void t.test('applying an event returns what changed, and whether the node was heard from', async (t) => {
  const placements = new Placements();
  t.strictSame(apply(placements, registered()), { kind: 'node', nodeId: 'n', heard: true });
  t.strictSame(apply(placements, heartbeat), { kind: 'node', nodeId: 'n', heard: true });
  t.strictSame(apply(placements, down), { kind: 'node', nodeId: 'n', heard: false });
  t.strictSame(apply(placements, back), { kind: 'node', nodeId: 'n', heard: true });
  t.strictSame(apply(placements, placed()), { kind: 'allocation', nodeId: 'n', allocationId: 'a' });
  for (const event of OF_ALLOCATIONS) {
    const fresh = folded(registered(), placed());
    t.strictSame(apply(fresh, event), { kind: 'allocation', nodeId: 'n', allocationId: 'a' }, event.type);
  }
  t.strictSame(apply(placements, cleared), { kind: 'cleared' });
});

void t.test('events of an unknown node or allocation change nothing', async (t) => {
  for (const event of [heartbeat, down, back, ...OF_ALLOCATIONS]) {
    const empty = new Placements();
    t.equal(apply(empty, event), undefined, event.type);
    t.equal(empty.nodes.size, 0);
  }
  for (const event of OF_ALLOCATIONS) t.equal(apply(folded(registered()), event), undefined, event.type);
  t.equal(
    apply(folded(registered()), { type: 'NodeDrainStarted', data: { nodeId: 'n' } }),
    undefined,
    'an event that is not folded changes nothing either',
  );
});

void t.test('registering again gives a node its new endpoint and epoch and brings it up', async (t) => {
  const placements = folded(registered(), down);
  t.match(placements.nodes.get('n'), { epoch: 1, down: true });
  apply(placements, back);
  t.equal(placements.nodes.get('n')?.down, false);
  apply(placements, down);
  apply(placements, registered(2, null));
  t.match(placements.nodes.get('n'), {
    nodeId: 'n',
    epoch: 2,
    endpoint: null,
    protocol: 'muster',
    down: false,
    hasRun: false,
  });
});

void t.test(
  'a placement has the job version, group and slot that it was made for, and its GPU devices',
  async (t) => {
    const devices = { main: [1, 2] };
    const placement = folded(registered(), placed(devices)).nodes.get('n')?.allocations.get('a');
    t.match(placement, {
      allocationId: 'a',
      jobId: 'j',
      jobVersion: 3,
      group: 'web',
      slot: 2,
      gpuDevices: devices,
    });
    t.strictSame([placement?.wanted, placement?.unwanted], [true, false]);
  },
);

void t.test('an allocation that is asked to stop or released is unwanted until it ends', async (t) => {
  for (const event of OF_ALLOCATIONS) {
    const placements = folded(registered(), placed());
    const placement = placements.nodes.get('n')!.allocations.get('a')!;
    apply(placements, event);
    const over = ENDS.includes(event);
    const runs = event.type === 'AllocationAccepted' || event.type === 'AllocationStarted';
    t.strictSame([placement.wanted, placement.unwanted], [runs, !runs && !over], event.type);
    apply(placements, ENDS[0]!);
    t.notOk(placement.wanted || placement.unwanted, 'an ended allocation is neither wanted nor unwanted');
  }
});

void t.test('every end event ends a placed allocation, a lingering one and an orphan', async (t) => {
  for (const end of ENDS) {
    t.equal(folded(registered(), placed(), end).nodes.get('n')?.allocations.get('a')?.ended, true, end.type);
    t.equal(folded(registered(), placed(), end, released).size, 0);
    const lingering = folded(registered(), placed(), released, end).nodes.get('n')!;
    t.strictSame([lingering.allocations.size, lingering.lingering.size], [0, 0], end.type);
    t.equal(folded(registered(), placed(), cleared, end).orphans.size, 0, end.type);
  }
});

void t.test(
  'a clear turns allocations that may still run into orphans, and records whether their orders arrived',
  async (t) => {
    for (const [event, arrived] of [
      [OF_ALLOCATIONS[0]!, true],
      [OF_ALLOCATIONS[1]!, true],
      [OF_ALLOCATIONS[2]!, false],
    ] as const) {
      const { nodes, orphans, formerEpochs } = folded(registered(5), placed(), event, cleared);
      t.strictSame(
        [...orphans.values()],
        [
          {
            allocationId: 'a',
            jobId: 'j',
            group: 'web',
            slot: 2,
            node: { nodeId: 'n', epoch: 5, endpoint: 'http://10.0.0.1:9', protocol: 'muster' },
            arrived,
          },
        ],
      );
      t.strictSame([nodes.size, formerEpochs.get('n')], [0, 5]);
    }
    t.equal(
      folded(registered(1, null), placed(), cleared).orphans.size,
      0,
      'a node without an endpoint leaves no orphans',
    );
    for (const end of ENDS) t.equal(folded(registered(), placed(), end, cleared).orphans.size, 0);
  },
);

void t.test('saved placements are restored in full, and each record has its own name', async (t) => {
  const devices = { main: [3] };
  const kept = folded(
    registered(),
    placed(),
    cleared,
    registered(2),
    placed(devices),
    OF_ALLOCATIONS[0]!,
    OF_ALLOCATIONS[1]!,
    OF_ALLOCATIONS[2]!,
    released,
    down,
  );
  const records = [...recordsOfPlacements(kept)];
  t.strictSame(records.map(nameOfPlacementsRecord), ['node n', 'orphan a', 'former epoch of node n']);
  t.match(records[0], {
    allocations: [
      ['a', 'j', 3, 'web', 2, ['accepted', 'started', 'stopRequested', 'released'], 1, 0, devices],
    ],
    lingering: ['a'],
    wantedVersion: 2,
  });
  const restored = new Placements();
  for (const record of records) restored.restore(structuredClone(record));
  t.strictSame([...recordsOfPlacements(restored)], records);
  t.match(restored.nodes.get('n')?.allocations.get('a'), {
    accepted: true,
    started: true,
    stopRequested: true,
    ended: false,
    released: true,
  });
});
