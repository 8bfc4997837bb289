import t from 'tap';
import { recordsOf, restore } from '#domain/scheduling/index.js';
import { allocationIdOf } from '#domain/scheduling/allocation-id.js';
import { group, job, World } from './world.js';

const EPOCHS = ['6a1f5c39-2d0b-4b58-9a0d-8c4a8e3f2b11', '0b0a6bdc-0e43-48d6-93e2-0a2b0f8a6c37'] as const;
const begin = (epoch: string) =>
  ({ type: 'LogEpochBegan', data: { logEpoch: epoch, reason: 'restored' } }) as const;

function idsAfter(...epochs: readonly string[]): string[] {
  const world = new World().node('a');
  for (const epoch of epochs) world.give(begin(epoch));
  world.settle();
  world.submit('j', job(group('main', { count: 2 })));
  world.settle();
  t.strictSame(world.check.findings, [], 'the plan log check reports nothing');
  return [...world.state.allocations.keys()];
}

void t.test('allocation ids without a log epoch are the same in every release', async (t) => {
  t.equal(allocationIdOf('hello', 3, 'main', 1, 2), '41559f89-b6bd-510d-8bcd-2ade0e368fcf');
  t.strictSame(idsAfter(), [allocationIdOf('j', 0, 'main', 0, 0), allocationIdOf('j', 0, 'main', 1, 0)]);
});

void t.test('allocation ids depend on the current log epoch, but not on earlier ones', async (t) => {
  const lives = [idsAfter(), idsAfter(EPOCHS[0]), idsAfter(...EPOCHS), idsAfter(EPOCHS[1], EPOCHS[0])];
  t.equal(new Set(lives.flat()).size, 6, 'only the newest epoch affects the ids');
  t.strictSame(lives[1], lives[3]);
});

void t.test('the log epoch survives a clear of the cluster and a restore from a snapshot', async (t) => {
  const world = new World();
  world.give(begin(EPOCHS[0]));
  world.give({ type: 'ClusterCleared', data: {} });
  t.equal(world.state.epoch, EPOCHS[0]);
  t.equal(restore(JSON.parse(JSON.stringify([...recordsOf(world.state)])) as never).epoch, EPOCHS[0]);
});

void t.test(
  'the plan log check accepts ids of the previous log epoch and reports ids of an unknown one',
  async (t) => {
    const world = new World().node('a', { resources: { cpu: 1000, memory: 1000 } });
    world.settle();
    world.submit('j', job(group('main', { count: 3 })));
    world.settle();
    const placed = world.placed(world.live('j')[0] ?? '');
    world.give(begin(EPOCHS[0]));
    const next = { ...placed, jobId: 'late', slot: 0, resources: {}, volumes: undefined };
    world.give({
      type: 'AllocationPlaced',
      data: { ...next, allocationId: allocationIdOf('late', 0, 'main', 0, 0) },
    });
    t.strictSame(world.check.findings, []);
    world.give({
      type: 'AllocationPlaced',
      data: { ...next, jobId: 'odd', allocationId: allocationIdOf('odd', 0, 'main', 0, 0, EPOCHS[1]) },
    });
    t.match(world.check.findings, [{ check: 'plan-log.allocation' }]);
  },
);
