import t from 'tap';
import type { PlanEvent } from '#domain/scheduling/plan-log/events.js';
import { group, job, only, World } from '../world.js';

/** Registers a node with these GPUs: index and health. */
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
  'a GPU that fails stops what holds it and nothing else, and the others are given away',
  async (t) => {
    for (const failed of [0, 1, 2, 3]) {
      const world = gpuNode(new World(), 'ok', 'ok', 'ok', 'ok');
      claims(world, 'a', 'b', 'c', 'd');
      const held = devicesOf(world.settle());
      const victim = Object.entries(held).find(([, devices]) => devices[0] === failed)?.[0] ?? '';
      gpuNode(world, ...[0, 1, 2, 3].map((index) => (index === failed ? 'missing' : 'ok')));
      t.same(stoppedIn(world.settle()), [`${victim} capacity-shrunk`], `GPU ${failed}`);
      t.same(world.check.findings, []);
      gpuNode(world, 'ok', 'ok', 'ok', 'ok');
      t.same(stoppedIn(world.settle()), [], 'when it is back nothing moves');
      t.same(world.check.findings, []);
    }
  },
);

void t.test(
  'what comes after a GPU failed is given one that works, also beyond the count of those',
  async (t) => {
    const world = gpuNode(new World(), 'missing', 'ok', 'divided', 'ok');
    claims(world, 'a', 'b', 'c');
    t.same(Object.values(devicesOf(world.settle())).flat().sort(), [1, 3]);
    t.same(world.check.findings, []);
    gpuNode(world, 'ok', 'ok', 'divided', 'ok');
    t.same(Object.values(devicesOf(world.settle())), [[0]], 'one that came back goes to what waits');
    t.same(world.check.findings, []);
  },
);

void t.test(
  'a node that only counts its GPUs is given away by index, and its shrinking as before',
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
  'slots bound what is placed, a node that names none has ten, and fewer of them stop nothing',
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
