import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import { allocationIdOf, recordsOf, restore, type SnapshotRecord } from '#domain/scheduling/index.js';
import { group, only, World } from '../world.js';

const attributes = { [MOUNTS_VOLUMES]: true };
const resources = { cpu: 1000, memory: 1000, gpus: 2 };

/** Exclusive resources of a node, each requested by a job. */
const EXCLUSIVE: Readonly<Record<string, { readonly groups: TaskGroup; readonly lacks: string }>> = {
  'a volume': {
    groups: {
      name: 'main',
      tasks: [
        {
          name: 'task',
          driver: 'docker',
          config: { image: 'x' },
          resources: { cpu: 100, memory: 10 },
          volumes: [{ name: 'orders', path: '/data' }],
        },
      ],
    },
    lacks: 'volume orders',
  },
  'a host port': {
    groups: group('main', {
      tasks: [
        {
          name: 'task',
          driver: 'exec',
          config: { command: 'true' },
          resources: { cpu: 100, memory: 10 },
          ports: [{ host: 8080 }],
        },
      ],
    }),
    lacks: 'port 8080',
  },
  'all GPUs': { groups: group('main', {}, { cpu: 100, memory: 10, gpus: 2 }), lacks: 'gpus' },
  'most of the memory': { groups: group('main', {}, { cpu: 100, memory: 800 }), lacks: 'memory' },
};

const back = (world: World, nodeId: string): void =>
  void world.give({ type: 'NodeCameBack', data: { nodeId, epoch: world.epochOf(nodeId) } });
const asJob = (one: TaskGroup): JobSpecification => ({ task_groups: [one] });

/** Returns a world whose only node came back after its allocation was lost. */
function lostAndBack(one: TaskGroup): { world: World; lost: string } {
  const world = new World().node('a', { attributes, resources });
  world.settle();
  world.submit('j', asJob(one));
  world.settle();
  const [lost = ''] = world.live('j');
  world.down('a');
  world.settle();
  t.strictSame(world.live('j'), []);
  back(world, 'a');
  return { world, lost };
}

for (const [what, { groups, lacks }] of Object.entries(EXCLUSIVE)) {
  void t.test(
    `${what} of a lost allocation is held until its node reports the end of the allocation`,
    async (t) => {
      for (const end of [
        'AllocationStopped',
        'AllocationCompleted',
        'AllocationFailed',
        'AllocationLost',
      ] as const) {
        const { world, lost } = lostAndBack(groups);
        const events = world.settle();
        t.strictSame(only(events, 'AllocationPlaced'), [], 'nothing is placed before the allocation ends');
        world.after(5000);
        world.settle();
        t.match(
          world.state.jobs.get('j')?.blocked?.reasons,
          { main: { exhausted: { [lacks]: 1, 'lost allocations': 1 } } },
          'the reasons name lost allocations',
        );
        world.report(lost, end);
        t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'j', nodeId: 'a' }], end);
        t.strictSame(world.check.findings, []);
      }
    },
  );

  void t.test(`the plan log check takes into account ${what} that lost allocations still hold`, async (t) => {
    const { world, lost } = lostAndBack(groups);
    world.settle();
    const placed = world.placed(lost);
    world.submit('other', asJob(groups));
    world.give({
      type: 'AllocationPlaced',
      data: {
        ...placed,
        jobId: 'other',
        jobVersion: 0,
        attempt: 0,
        allocationId: allocationIdOf('other', 0, 'main', 0, 0),
      },
    });
    t.match(
      world.check.findings.map(({ check, detail }) => [check, detail]),
      what === 'most of the memory' ? [] : [['plan-log.lost', new RegExp(`${lacks}.*${lost}`)]],
    );
  });

  void t.test(
    `${what} of a lost allocation is still held after a scheduler starts from a snapshot`,
    async (t) => {
      const { world, lost } = lostAndBack(groups);
      world.settle();
      const told = (): string[] => [...recordsOf(world.state)].map(canonicalJson);
      const state = restore(told().map((text) => JSON.parse(text) as SnapshotRecord));
      t.strictSame([...recordsOf(state)].map(canonicalJson), told());
      const anew = new World();
      Object.assign(anew, { state });
      anew.now = world.now;
      t.strictSame(only(anew.settle(), 'AllocationPlaced'), []);
      t.equal(state.lost.has(lost), true);
    },
  );
}

void t.test('an allocation that ended before it was declared lost holds nothing', async (t) => {
  const world = new World().node('a', { attributes, resources });
  world.settle();
  world.submit('j', asJob(EXCLUSIVE['a volume']!.groups));
  world.settle();
  const [id = ''] = world.live('j');
  world.down('a');
  world.report(id, 'AllocationStopped');
  back(world, 'a');
  world.settle();
  t.equal(world.state.lost.size, 0);
});

void t.test(
  'an allocation that is lost with a node that remains down is placed on another node',
  async (t) => {
    const world = new World().node('a', { attributes, resources });
    world.settle();
    world.submit('j', asJob(EXCLUSIVE['all GPUs']!.groups));
    world.settle();
    world.node('b', { attributes, resources }).down('a');
    t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'j', nodeId: 'b' }]);
    t.strictSame(world.check.findings, []);
  },
);

void t.test(
  'an abandoned volume can be created again while a lost allocation may hold the old one',
  async (t) => {
    const { world, lost } = lostAndBack(EXCLUSIVE['a volume']!.groups);
    world.settle();
    world.give({ type: 'VolumeDeleteAsked', data: { name: 'orders' } });
    t.match(
      only(world.settle(), 'VolumeDropped'),
      [{ name: 'orders', node: 'a' }],
      'the node is asked to delete the volume, which it keeps while a container uses it',
    );
    world.give({ type: 'VolumeDeleted', data: { name: 'orders', node: 'a', abandoned: true } });
    t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'j' }]);
    world.report(lost, 'AllocationStopped');
    world.submit('other', asJob(EXCLUSIVE['a volume']!.groups));
    t.strictSame(only(world.settle(), 'AllocationPlaced'), [], 'the new volume is held');
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a volume whose lost holder only reads it can be read but not written', async (t) => {
  const reading = (read_only: boolean): TaskGroup => ({
    name: 'main',
    tasks: [
      {
        name: 'task',
        driver: 'docker',
        config: { image: 'x' },
        resources: { cpu: 10, memory: 10 },
        volumes: [{ name: 'v', path: '/v', read_only }],
      },
    ],
  });
  const { world, lost } = lostAndBack(reading(true));
  t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'j' }]);
  world.submit('writer', asJob(reading(false)));
  t.strictSame(only(world.settle(), 'AllocationPlaced'), []);
  world.end('j');
  world.settle();
  world.report(world.live('j')[0]!, 'AllocationStopped');
  t.strictSame(only(world.settle(), 'AllocationPlaced'), [], 'the lost allocation may still read the volume');
  world.report(lost, 'AllocationStopped');
  t.match(only(world.settle(), 'AllocationPlaced'), [{ jobId: 'writer' }]);
  t.strictSame(world.check.findings, []);
});

void t.test('the number of lost allocations is bounded, and the oldest are dropped', async (t) => {
  const world = new World().node('a', { attributes, resources: { cpu: 1_000_000, memory: 1_000_000 } });
  world.settle();
  const none = {
    tasks: [
      {
        name: 'task',
        driver: 'exec' as const,
        config: { command: 'true' },
        resources: { cpu: 0, memory: 0 },
      },
    ],
  };
  for (let round = 0; round < 12; round += 1) {
    world.submit(
      'j',
      asJob({ name: 'main', count: 1000, ...none }),
      round === 0 ? 'JobSubmitted' : 'JobRestarted',
    );
    world.settle();
    world.down('a');
    world.settle();
    back(world, 'a');
    world.settle();
    world.end('j');
    world.settle();
  }
  t.equal(world.state.lost.size <= 10_000, true);
  t.ok(world.state.lost.size > 5000);
});
