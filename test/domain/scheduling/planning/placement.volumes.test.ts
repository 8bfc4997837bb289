import t from 'tap';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import { only, World } from '../world.js';

const attributes = { [MOUNTS_VOLUMES]: true };
const using = (name: string, read_only = false, image = 'x', cpu = 100): JobSpecification => ({
  task_groups: [
    {
      name: 'db',
      tasks: [
        {
          name: 'main',
          driver: 'docker',
          config: { image },
          resources: { cpu, memory: 10 },
          volumes: [{ name, path: '/data', read_only }],
        },
      ],
    },
  ],
});
const placedIn = (world: World) => only(world.settle(), 'AllocationPlaced');
const blockedIn = (world: World) => only(world.settle(), 'EvaluationBlocked')[0]?.reasons['db'];

function withVolume(): { world: World; home: string } {
  const world = new World().node('a', { attributes }).node('b', { attributes });
  world.settle();
  world.submit('first', using('orders'));
  const [placed] = placedIn(world);
  return { world, home: placed?.nodeId ?? '' };
}
function end(world: World, jobId: string): void {
  world.end(jobId);
  world.settle();
  for (const id of world.live(jobId)) world.report(id, 'AllocationStopped');
  world.settle();
}

void t.test(
  'a task that uses a volume is placed on the node of the volume, even after the previous job is gone',
  async (t) => {
    const { world, home } = withVolume();
    t.strictSame(world.placed(world.live('first')[0]!).volumes, ['orders']);
    end(world, 'first');
    world.submit('filler', {
      task_groups: [{ name: 'x', tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }] }],
    });
    world.settle();
    world.submit('second', using('orders', false, 'y'));
    t.strictSame(
      placedIn(world).map(({ nodeId }) => nodeId),
      [home],
    );
    t.strictSame(world.check.findings, []);
  },
);

void t.test(
  'a job waits for a volume that another job holds, until an allocation with the volume is released',
  async (t) => {
    const { world, home } = withVolume();
    world.submit('second', using('orders'));
    t.match(blockedIn(world), {
      filtered: { 'volume orders': 1 },
      exhausted: { 'volume orders': 1 },
      volumes: { orders: home },
    });
    world.end('first');
    world.settle();
    world.report(world.live('first')[0]!, 'AllocationStopped');
    const events = world.settle();
    t.match(only(events, 'AllocationReleased'), [{ volumes: ['orders'] }]);
    t.match(only(events, 'AllocationPlaced'), [{ jobId: 'second', nodeId: home }]);
  },
);

void t.test('several jobs can read a volume at once, and a writer waits until all have ended', async (t) => {
  const { world, home } = withVolume();
  end(world, 'first');
  for (const id of ['r1', 'r2']) world.submit(id, using('orders', true));
  t.match(placedIn(world), [
    { nodeId: home, readOnlyVolumes: ['orders'] },
    { nodeId: home, readOnlyVolumes: ['orders'] },
  ]);
  world.submit('writer', using('orders'));
  t.match(blockedIn(world), { exhausted: { 'volume orders': 1 } });
  end(world, 'r1');
  t.strictSame(world.live('writer'), [], 'one job still reads the volume');
  end(world, 'r2');
  t.equal(world.live('writer').length, 1);
  t.strictSame(world.check.findings, []);
});

void t.test('a group with a volume waits for the node of the volume if it is down or full', async (t) => {
  const { world, home } = withVolume();
  end(world, 'first');
  world.submit('large', using('orders', false, 'x', 5000));
  t.match(blockedIn(world), {
    filtered: { 'volume orders': 1 },
    exhausted: { cpu: 1 },
    volumes: { orders: home },
  });
  end(world, 'large');
  world.down(home);
  world.settle();
  world.submit('second', using('orders'));
  t.match(blockedIn(world), {
    filtered: { 'volume orders': 1, unschedulable: 1 },
    volumes: { orders: home },
  });
  world.give({ type: 'NodeCameBack', data: { nodeId: home, epoch: world.epochOf(home) } });
  t.match(placedIn(world), [{ jobId: 'second', nodeId: home }]);
});

void t.test(
  'a volume to be deleted is dropped once it is free, and is not used again until it has been deleted',
  async (t) => {
    const { world, home } = withVolume();
    world.give({ type: 'VolumeDeleteAsked', data: { name: 'orders' } });
    t.strictSame(only(world.settle(), 'VolumeDropped'), [], 'the volume is held');
    world.end('first');
    world.settle();
    world.report(world.live('first')[0]!, 'AllocationStopped');
    const events = [...world.settle(), ...world.settle()];
    t.strictSame(only(events, 'VolumeDropped'), [{ name: 'orders', node: home }]);
    world.submit('second', using('orders'));
    t.match(blockedIn(world), { filtered: { 'volume orders': 2 }, volumes: { orders: null } });
    world.give({ type: 'VolumeDeleted', data: { name: 'orders', node: home } });
    t.match(placedIn(world), [{ jobId: 'second' }]);
    t.strictSame(world.check.findings, []);
  },
);

void t.test(
  'a volume that is on no node can be deleted, and its name can then be used on any node',
  async (t) => {
    const world = new World().node('a', { attributes });
    world.settle();
    world.give({ type: 'VolumeDeleteAsked', data: { name: 'none' } });
    world.submit('j', using('none'));
    t.match(blockedIn(world), { filtered: { 'volume none': 1 }, volumes: { none: null } });
    world.give({ type: 'VolumeDeleted', data: { name: 'none', node: null } });
    t.equal(placedIn(world).length, 1);
  },
);

void t.test(
  'a group that writes to a volume must have a count of 1, and needs a node that mounts volumes',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    const [group] = using('orders').task_groups;
    t.throws(
      () => world.submit('j', { task_groups: [{ ...group!, count: 2 }] }),
      /at most 1 for a group that writes to a volume/,
    );
    world.submit('j', using('orders'));
    t.match(blockedIn(world), { filtered: { [`attribute ${MOUNTS_VOLUMES}`]: 1 } });
  },
);

void t.test('a job whose volume was bound to another node is placed there', async (t) => {
  const { world, home } = withVolume();
  end(world, 'first');
  world.give({ type: 'NodeWentDown', data: { nodeId: home, epoch: 1, reason: 'silent' } });
  world.submit('second', using('orders', false, 'y'));
  t.match(blockedIn(world), {
    volumes: { orders: home },
    filtered: { 'volume orders': 1, unschedulable: 1 },
  });
  const other = home === 'a' ? 'b' : 'a';
  world.give({ type: 'VolumeRebound', data: { name: 'orders', node: 'unknown', by: 'root' } });
  t.strictSame(placedIn(world), []);
  world.give({ type: 'VolumeRebound', data: { name: 'orders', node: other, by: 'root' } });
  t.match(placedIn(world), [{ jobId: 'second', nodeId: other, volumes: ['orders'] }]);
});

void t.test('a running job keeps its volume where it is, until it ends', async (t) => {
  const { world, home } = withVolume();
  const other = home === 'a' ? 'b' : 'a';
  world.give({ type: 'VolumeRebound', data: { name: 'orders', node: other, by: 'root' } });
  world.submit('second', using('orders'));
  t.strictSame(placedIn(world), []);
  end(world, 'first');
  t.strictSame(world.placed(world.live('second')[0]!).nodeId, other);
});
