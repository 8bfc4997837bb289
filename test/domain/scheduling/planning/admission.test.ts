import t from 'tap';
import type { PlanEvent } from '#domain/scheduling/plan-log/events.js';
import { group, job, only, World } from '../world.js';

/** Registers a node with one GPU for each health value. */
function gpuNode(world: World, ...health: readonly string[]): World {
  const attributes = Object.fromEntries(
    health.flatMap((each, index) => [
      [`gpu.${index}.uuid`, `GPU-${index}`],
      [`gpu.${index}.health`, each],
    ]),
  );
  const gpus = health.filter((each) => each === 'ok').length;
  return world.node('n', { resources: { cpu: 4000, memory: 4000, ...(gpus > 0 && { gpus }) }, attributes });
}

const claims = (world: World, ...ids: readonly string[]): void => {
  for (const id of ids) world.submit(id, job(group('main', {}, { cpu: 1, memory: 1, gpus: 1 })));
};
const devicesOf = (events: readonly PlanEvent[]): Record<string, readonly number[]> =>
  Object.fromEntries(
    only(events, 'AllocationPlaced').map(({ jobId, gpuDevices = {} }) => [
      jobId,
      Object.values(gpuDevices).flat(),
    ]),
  );
const stoppedIn = (events: readonly PlanEvent[]): string[] =>
  only(events, 'AllocationStopRequested').map(({ jobId, reason }) => `${jobId} ${reason}`);

void t.test(
  'a failed GPU stops only the allocation that holds it, and its recovery stops no allocation',
  async (t) => {
    for (const failed of [0, 1, 2, 3]) {
      const world = gpuNode(new World(), 'ok', 'ok', 'ok', 'ok');
      claims(world, 'a', 'b', 'c', 'd');
      const held = devicesOf(world.settle());
      const victim = Object.entries(held).find(([, devices]) => devices[0] === failed)?.[0] ?? '';
      gpuNode(world, ...[0, 1, 2, 3].map((index) => (index === failed ? 'missing' : 'ok')));
      t.same(
        stoppedIn(world.settle()),
        [`${victim} capacity-shrunk`],
        `only the allocation that holds GPU ${failed} is stopped`,
      );
      t.same(world.check.findings, []);
      gpuNode(world, 'ok', 'ok', 'ok', 'ok');
      t.same(stoppedIn(world.settle()), [], 'the recovery of the GPU stops nothing');
      t.same(world.check.findings, []);
    }
  },
);

void t.test(
  'new allocations get working GPUs, even with an index beyond the number of working GPUs',
  async (t) => {
    const world = gpuNode(new World(), 'missing', 'ok', 'divided', 'ok');
    claims(world, 'a', 'b', 'c');
    t.same(Object.values(devicesOf(world.settle())).flat().sort(), [1, 3]);
    t.same(world.check.findings, []);
    gpuNode(world, 'ok', 'ok', 'divided', 'ok');
    t.same(Object.values(devicesOf(world.settle())), [[0]], 'a recovered GPU goes to a waiting job');
    t.same(world.check.findings, []);
  },
);

void t.test(
  'GPUs of a node that reports only their number are assigned and withdrawn by index',
  async (t) => {
    const world = new World().node('n', { resources: { cpu: 4000, memory: 4000, gpus: 2 } });
    claims(world, 'a', 'b');
    const placed = world.settle();
    t.same(devicesOf(placed), { a: [0], b: [1] });
    t.notOk('devices' in (only(placed, 'NodeCapacitySet')[0] ?? {}));
    world.node('n', { resources: { cpu: 4000, memory: 4000, gpus: 1 } });
    t.same(stoppedIn(world.settle()), ['b capacity-shrunk']);
    t.same(world.check.findings, []);
  },
);

void t.test(
  'a node has ten slots by default, which limit its placements, and reducing them stops no allocation',
  async (t) => {
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
  },
);
