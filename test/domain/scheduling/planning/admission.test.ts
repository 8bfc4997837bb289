import t from 'tap';
import { group, job, only, World } from '../world.js';

void t.test('slots bound what is placed, a node that names none has ten, and fewer of them stop nothing', async (t) => {
  const world = new World().node('n', { resources: { cpu: 100_000, memory: 100_000 } });
  world.submit('j', job(group('main', { count: 12 }, { cpu: 100, memory: 100, slots: 1 })));
  t.equal(only(world.settle(), 'AllocationPlaced').length, 10);
  world.give({ type: 'NodeSlotsSet', data: { nodeId: 'n', slots: 4 } });
  t.same(
    world.settle().map(({ type }) => type),
    ['NodeCapacitySet'],
  );
  world.give({ type: 'NodeSlotsSet', data: { nodeId: 'n', slots: 11 } });
  t.equal(only(world.settle(), 'AllocationPlaced').length, 1);
  t.same(world.check.findings, []);
});
