import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import fc from 'fast-check';
import { PLACEMENT_EVENTS, Placements } from '#domain/scheduling/dispatch/placements.js';
import {
  nextStep,
  isSettled,
  NOT_ATTEMPTED,
  type DeliveryAttempt,
} from '#domain/scheduling/dispatch/next-step.js';
import { recordsOfPlacements } from '#domain/scheduling/dispatch/snapshot.js';
import { Placement } from '#domain/scheduling/dispatch/placement.js';
import type { EventsOf, RecordedOf } from '#domain/kernel/event/index.js';

type PlacementEvent = EventsOf<typeof PLACEMENT_EVENTS>;

let position = 0n;
function recorded(event: PlacementEvent): RecordedOf<typeof PLACEMENT_EVENTS> {
  position += 1n;
  const metadata = { $correlationId: 'c', $causationId: 'c', at: 1, v: 1 };
  return Object.assign({}, event, {
    id: `e${position}`,
    stream: 's',
    revision: Number(position),
    position,
    metadata,
  });
}

function folded(...events: PlacementEvent[]): Placements {
  const placements = new Placements();
  for (const event of events) placements.apply(recorded(event));
  return placements;
}

function registered(
  nodeId = 'n1',
  epoch = 1,
  protocol: 'muster' | 'basic' = 'basic',
  endpoint: string | null = 'http://10.0.0.1:9000',
): PlacementEvent {
  return {
    type: 'NodeRegistered',
    data: {
      nodeId,
      epoch,
      ipAddress: '10.0.0.1',
      resources: {},
      attributes: {},
      healthy: true,
      endpoint,
      protocol,
    },
  };
}
const ref = (allocationId: string, nodeId = 'n1') => ({
  allocationId,
  jobId: 'j1',
  group: 'web',
  slot: 0,
  nodeId,
});
function placed(allocationId: string, nodeId = 'n1'): PlacementEvent {
  return {
    type: 'AllocationPlaced',
    data: {
      ...ref(allocationId, nodeId),
      jobVersion: 3,
      attempt: 0,
      epoch: 1,
      evaluationId: 'v',
      resources: {},
    },
  };
}
const accepted = (id: string): PlacementEvent => ({ type: 'AllocationAccepted', data: ref(id) });
const stopRequested = (id: string): PlacementEvent => ({
  type: 'AllocationStopRequested',
  data: { ...ref(id), reason: 'job-stopped' },
});
const stopped = (id: string): PlacementEvent => ({
  type: 'AllocationStopped',
  data: { ...ref(id), startTime: null, endTime: null, message: null },
});
const released = (id: string, outcome: 'lost' | 'stopped' = 'lost'): PlacementEvent => ({
  type: 'AllocationReleased',
  data: { ...ref(id), outcome },
});
const cleared: PlacementEvent = { type: 'ClusterCleared', data: {} };
const wanted = (placements: Placements, nodeId = 'n1') =>
  placements.nodes
    .get(nodeId)
    ?.wanted()
    .map(({ allocationId }) => allocationId);

void t.test(
  'a node counts as having run something once an allocation has started on it, even after a restore',
  async (t) => {
    const started: PlacementEvent = {
      type: 'AllocationStarted',
      data: { ...ref('a'), startTime: 1, tasks: {} },
    };
    const before = folded(
      registered(),
      registered('n2'),
      placed('a'),
      accepted('a'),
      started,
      stopped('a'),
      released('a', 'stopped'),
    );
    const restored = new Placements();
    for (const record of recordsOfPlacements(before)) restored.restore(structuredClone(record));
    for (const placements of [before, restored])
      t.strictSame(
        [...placements.nodes.values()].map(({ nodeId, hasRun }) => [nodeId, hasRun]),
        [
          ['n1', true],
          ['n2', false],
        ],
      );
    t.notOk(
      folded(registered(), placed('a'), accepted('a')).nodes.get('n1')?.hasRun,
      'an accepted allocation has not started',
    );
  },
);

void t.test(
  'a removed node is dropped, but remains as a down node if an allocation was placed on it',
  async (t) => {
    const removed: PlacementEvent = {
      type: 'NodeRemoved',
      data: { nodeId: 'n1', epoch: 1, reason: 'crowded' },
    };
    t.notOk(folded(registered(), removed).nodes.has('n1'));
    t.match(folded(registered(), placed('a'), removed).nodes.get('n1'), { down: true, epoch: 1 });
    t.match(folded(registered(), placed('a'), removed, registered('n1', 2)).nodes.get('n1'), {
      down: false,
      epoch: 2,
    });
    t.doesNotThrow(() => folded(removed));
  },
);

void t.test('the address that registered a node is saved and restored', async (t) => {
  const from = (nodeId: string, address?: string): PlacementEvent => ({
    type: 'NodeRegistered',
    data: {
      ...(registered(nodeId).data as Extract<PlacementEvent, { type: 'NodeRegistered' }>['data']),
      ...(address === undefined ? {} : { address }),
    },
  });
  const before = folded(from('n1', 'a'.repeat(22)), from('n2'), from('n3', 'b'.repeat(22)), from('n3'));
  const restored = new Placements();
  for (const record of recordsOfPlacements(before)) restored.restore(structuredClone(record));
  for (const placements of [before, restored])
    t.strictSame(
      [...placements.nodes.values()].map(({ address }) => address),
      ['a'.repeat(22), undefined, undefined],
    );
});

void t.test('the kinds of work that a node cannot start are saved and restored', async (t) => {
  const having = (nodeId: string, attributes: Readonly<Record<string, string>>): PlacementEvent => ({
    type: 'NodeRegistered',
    data: {
      ...(registered(nodeId).data as Extract<PlacementEvent, { type: 'NodeRegistered' }>['data']),
      attributes,
    },
  });
  const before = folded(
    having('n1', { 'docker.start_fault': 'no space', 'docker.gpu_fault': 'no driver' }),
    having('n2', { 'docker.gpu_fault': 'no driver' }),
    having('n3', { 'docker.start_fault': 'no space' }),
    having('n3', {}),
  );
  const restored = new Placements();
  for (const record of recordsOfPlacements(before)) restored.restore(structuredClone(record));
  for (const placements of [before, restored])
    t.strictSame(
      [...placements.nodes.values()].map(({ faults }) => faults),
      [['containers', 'gpus'], ['gpus'], []],
    );
});

void t.test('an allocation is wanted until it is asked to stop, ends or is released', async (t) => {
  t.strictSame(wanted(folded(registered(), placed('a'), placed('b'))), ['a', 'b']);
  t.strictSame(wanted(folded(registered(), placed('a'), stopRequested('a'))), []);
  t.strictSame(wanted(folded(registered(), placed('a'), stopped('a'))), []);
  t.strictSame(wanted(folded(registered(), placed('a'), released('a'))), []);
});

void t.test('an allocation that ended and was released is dropped', async (t) => {
  t.equal(
    folded(registered(), placed('a'), stopRequested('a'), stopped('a'), released('a', 'stopped')).size,
    0,
  );
});

void t.test('an allocation lost with its node is retained until it has stopped there', async (t) => {
  const lost = folded(registered(), placed('a'), accepted('a'), released('a'));
  t.equal(lost.nodes.get('n1')?.allocations.get('a')?.unwanted, true);
  lost.apply(recorded(stopped('a')));
  t.equal(lost.size, 0);
  t.equal(lost.nodes.get('n1')?.lingering.size, 0);
  t.equal(folded(registered('n1', 1, 'muster'), placed('a'), released('a')).size, 1);
  t.equal(
    folded(registered('n1', 1, 'basic', null), placed('a'), released('a')).size,
    1,
    'a node without an endpoint reports the end in its heartbeats',
  );
});

void t.test('the number of lost allocations of a node that never comes back is bounded', async (t) => {
  const ids = Array.from({ length: 10_500 }, (_, index) => `a${index}`);
  const placements = folded(registered(), ...ids.map((id) => placed(id)), ...ids.map((id) => released(id)));
  t.equal(placements.size, 10_000);
  t.ok(placements.nodes.get('n1')?.allocations.has('a10499'));
});

void t.test('a clear turns running allocations into orphans, each until it is stopped', async (t) => {
  const placements = folded(
    registered(),
    registered('n1', 2),
    placed('a'),
    placed('b'),
    placed('c'),
    stopped('c'),
    cleared,
  );
  t.equal(placements.nodes.size, 0);
  t.strictSame([...placements.orphans.keys()], ['a', 'b']);
  t.match(placements.orphans.get('a'), {
    jobId: 'j1',
    node: { nodeId: 'n1', epoch: 2, endpoint: 'http://10.0.0.1:9000', protocol: 'basic' },
  });
  t.equal(placements.formerEpochs.get('n1'), 2);
  placements.apply(recorded(stopped('a')));
  t.strictSame([...placements.orphans.keys()], ['b']);
  placements.apply(recorded(cleared));
  t.strictSame([...placements.orphans.keys()], ['b']);
});

void t.test('the version of the wanted allocations increases whenever they change', async (t) => {
  const any = fc.array(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom(placed, accepted, stopRequested, stopped, released),
      )
      .map(([id, make]) => make(id)),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(any, (events) => {
      const placements = folded(registered());
      for (const event of events) {
        const node = placements.nodes.get('n1');
        const before = { version: node?.wantedVersion, wanted: JSON.stringify(wanted(placements)?.sort()) };
        placements.apply(recorded(event));
        const changed = before.wanted !== JSON.stringify(wanted(placements)?.sort());
        if (changed && node?.wantedVersion === before.version) return false;
      }
      return true;
    }),
  );
  t.pass();
});

void t.test('100,000 allocations use less than 60 MB', async (t) => {
  const placements = new Placements();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let node = 0; node < 5000; node += 1) placements.apply(recorded(registered(`node-${node}`)));
  for (let index = 0; index < 100_000; index += 1) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    placements.apply(
      recorded(JSON.parse(JSON.stringify(placed(id, `node-${index % 5000}`))) as PlacementEvent),
    );
  }
  collect();
  const used = (process.memoryUsage().heapUsed - before) / 1e6;
  t.comment(`${used.toFixed(1)} MB`);
  t.equal(placements.size, 100_000);
  t.ok(used < 60);
});

void t.test('the next step of an allocation follows from its state and delivery attempts', async (t) => {
  const make = (flags: Partial<Placement> = {}) =>
    Object.assign(new Placement('a', 'j', 0, 'g', 0, undefined, undefined, 1, 0), flags);
  const step = (flags: Partial<Placement>, dealings: Partial<DeliveryAttempt> = {}, more: object = {}) =>
    nextStep(
      make(flags),
      { ...NOT_ATTEMPTED, ...dealings },
      { protocol: 'basic', unreachable: false, lists: true, now: 100, ...more },
    ).kind;
  t.equal(step({}), 'place', 'a new allocation is sent to its node');
  t.equal(step({}, {}, { unreachable: true }), 'rest', 'nothing is sent to an unreachable node');
  t.equal(step({}, { order: 'unknown' }), 'ask', 'an order with an unknown result is settled by a query');
  t.equal(step({}, { order: 'unknown', notBefore: 101 }), 'wait');
  t.equal(step({ accepted: true }), 'rest', 'an accepted allocation is left to heartbeats');
  t.equal(
    step({ accepted: true }, {}, { lists: false }),
    'ask',
    'the agent is queried if its heartbeats do not list allocations',
  );
  t.equal(step({ accepted: true, stopRequested: true }), 'stop');
  t.equal(step({ released: true }), 'stop', 'a lost allocation that may still run is stopped');
  t.equal(step({ ended: true, stopRequested: true }), 'rest');
  t.equal(step({}, { order: 'acknowledged' }, { protocol: 'muster' }), 'rest', 'a hint is sent once');
  t.equal(
    step({}, { order: 'unknown', failures: 1 }, { protocol: 'muster' }),
    'place',
    'a failed hint is repeated',
  );
  t.equal(
    step({}, { order: 'unknown', failures: 4 }, { protocol: 'muster' }),
    'rest',
    'after four failures, the agent is left to read its desired list',
  );
});

void t.test(
  'an order whose result is unknown is settled once its agent is heard from after the timeout',
  async (t) => {
    const sent = { ...NOT_ATTEMPTED, order: 'unknown', sentAt: 1000 } as const;
    t.notOk(isSettled(sent, undefined, 500));
    t.notOk(isSettled(sent, 1500, 500));
    t.ok(isSettled(sent, 1501, 500));
    t.ok(isSettled(NOT_ATTEMPTED, undefined, 500));
  },
);
