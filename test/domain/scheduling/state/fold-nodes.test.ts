import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { World, job } from '../world.js';

const factsOf = (world: World, nodeId = 'n') => world.state.nodes.find(({ id }) => id === nodeId)?.facts;
const of = (epoch = 1) => ({ nodeId: 'n', epoch });

const CHANGES: readonly (readonly [MusterEvent, object])[] = [
  [
    { type: 'NodeHeartbeatReceived', data: { ...of(), healthy: false, resources: {} } } as MusterEvent,
    { healthy: false },
  ],
  [
    { type: 'NodeHeartbeatReceived', data: { ...of(), healthy: true, resources: {} } } as MusterEvent,
    { healthy: true },
  ],
  [{ type: 'NodeWentDown', data: { ...of(), reason: 'silent' } }, { down: true }],
  [{ type: 'NodeCameBack', data: of() }, { down: false }],
  [{ type: 'NodeDrainStarted', data: { nodeId: 'n' } }, { draining: true }],
  [{ type: 'NodeDrainEnded', data: { nodeId: 'n' } }, { draining: false }],
  [{ type: 'NodeEligibilitySet', data: { nodeId: 'n', eligible: false } }, { eligible: false }],
  [{ type: 'NodeEligibilitySet', data: { nodeId: 'n', eligible: true } }, { eligible: true }],
  [{ type: 'NodeSlotsSet', data: { nodeId: 'n', slots: 3 } }, { slots: 3 }],
  [{ type: 'NodeTagsSet', data: { nodeId: 'n', tags: ['gpu'] } }, { tags: ['gpu'] }],
];

void t.test('a registration sets the facts of a node', async (t) => {
  const world = new World().node('n', {
    resources: { cpu: 7 },
    attributes: { zone: 'a' },
    drivers: ['docker'],
    healthy: false,
  });
  t.same(factsOf(world), {
    nodeId: 'n',
    epoch: 1,
    ipAddress: '10.0.0.1',
    resources: { cpu: 7 },
    attributes: { zone: 'a' },
    drivers: ['docker'],
    healthy: false,
    down: false,
    draining: false,
    eligible: true,
  });
  t.equal(world.state.nodes[0]?.cause.causationId, world.log[0]?.id);
});

void t.test('each event of a node changes only its own facts and records its cause', async (t) => {
  const world = new World().node('n').node('m');
  const other = factsOf(world, 'm');
  let before = factsOf(world);
  for (const [event, change] of CHANGES) {
    const { id } = world.give(event);
    before = { ...before!, ...change };
    t.same(factsOf(world), before, event.type);
    t.same(world.state.nodes[0]?.cause, { correlationId: 'c', causationId: id }, event.type);
  }
  t.equal(factsOf(world, 'm'), other);
});

void t.test(
  'the heartbeats and status changes of a past epoch do not change the facts of a node',
  async (t) => {
    for (const [event] of CHANGES.slice(0, 4)) {
      const world = new World().node('n').node('n').down('n');
      const before = factsOf(world);
      world.give(event);
      t.equal(factsOf(world), before, event.type);
    }
  },
);

void t.test('a heartbeat with unchanged facts changes nothing', async (t) => {
  const world = new World().node('n');
  const before = [factsOf(world), world.state.nodes[0]?.cause];
  world.give({
    type: 'NodeHeartbeatReceived',
    data: { ...of(), healthy: true, resources: {} },
  } as MusterEvent);
  t.strictSame([factsOf(world), world.state.nodes[0]?.cause], before);
});

void t.test(
  'a node that registers again is up and healthy, and retains the settings of the operator',
  async (t) => {
    const world = new World().node('n');
    for (const [event] of CHANGES) world.give(event);
    world.give({ type: 'NodeDrainStarted', data: { nodeId: 'n' } });
    world.give({ type: 'NodeEligibilitySet', data: { nodeId: 'n', eligible: false } });
    world.down('n').node('n');
    t.match(factsOf(world), { epoch: 2, down: false, draining: true, eligible: false });
  },
);

void t.test('events of a node that is not registered, or was cleared, are ignored', async (t) => {
  for (const [event] of CHANGES) {
    const never = new World();
    never.give(event);
    t.strictSame(never.state.nodes, [], event.type);
    const cleared = new World().node('n');
    cleared.give({ type: 'ClusterCleared', data: {} });
    cleared.give(event);
    t.strictSame(cleared.state.nodes, [], event.type);
  }
});

void t.test('any change of a node puts it on the agenda', async (t) => {
  const world = new World().node('n');
  world.settle();
  for (const [event] of CHANGES.filter(([, change]) => !('healthy' in change && change.healthy === true))) {
    world.state.agenda.nodes.clear();
    world.give(event);
    t.ok(world.state.agenda.nodes.has(0), event.type);
    world.settle();
  }
});

void t.test('the first report of how an allocation ended is final', async (t) => {
  for (const [type, outcome] of [
    ['AllocationCompleted', 'complete'],
    ['AllocationFailed', 'failed'],
    ['AllocationStopped', 'stopped'],
    ['AllocationLost', 'lost'],
  ] as const) {
    const world = new World().node('n');
    world.submit('j', job());
    world.settle();
    const [id = ''] = world.live('j');
    const allocation = world.state.allocations.get(id)!;
    world.report(id, type);
    t.same(allocation.reported, {
      outcome,
      cause: { correlationId: 'c', causationId: world.log.at(-1)?.id },
    });
    t.ok(world.state.agenda.reports.has(allocation));
    world.report(id, type === 'AllocationLost' ? 'AllocationStopped' : 'AllocationLost');
    t.equal(allocation.reported?.outcome, outcome);
    world.settle();
    t.notOk(world.state.agenda.reports.has(allocation), 'the report is removed from the agenda');
    world.report(id, type);
    t.equal(world.state.agenda.reports.size, 0, 'reports of a released allocation are ignored');
  }
});
