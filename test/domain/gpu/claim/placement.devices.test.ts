import fc from 'fast-check';
import t from 'tap';
import { claimIdOf, claimOf, jobIdOf, specificationOf } from '#domain/gpu/claim/index.js';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { planLogProblems } from '../../../fixtures/plan-log.js';
import { World } from '../../scheduling/world.js';

const id = (n: number): string => claimIdOf(`00000000-0000-5000-8000-${String(n).padStart(12, '0')}`);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), gpuCount: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(), failed: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('node' as const),
      node: fc.nat(2),
      gpus: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dies' as const), node: fc.nat(2) }) },
);

void t.test(
  'each claim gets the number of devices that it requests, and no device is assigned twice',
  async (t) => {
    let placements = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World();
        const asked = new Map<string, number>();
        for (const each of steps) {
          const held = world.heldAllocations();
          switch (each.kind) {
            case 'claim': {
              const claimId = id(asked.size);
              asked.set(claimId, each.gpuCount);
              world.submit(
                jobIdOf(claimId),
                specificationOf({
                  claimId,
                  userId: 'u',
                  userNumber: 1,
                  tenantId: 't',
                  image: 'busybox',
                  gpuCount: each.gpuCount,
                  cpu: 10,
                  memory: 10,
                }),
              );
              break;
            }
            case 'release':
              if (asked.size > 0) world.end(jobIdOf(id(each.which % asked.size)));
              break;
            case 'end': {
              const allocation = held[each.which % Math.max(1, held.length)];
              if (allocation !== undefined)
                world.report(
                  allocation.allocationId,
                  each.failed ? 'AllocationFailed' : 'AllocationCompleted',
                );
              break;
            }
            case 'node':
              world.node(`n${each.node}`, { resources: { cpu: 1000, memory: 1000, gpus: each.gpus } });
              break;
            case 'dies':
              if (world.epochOf(`n${each.node}`) > 0) world.down(`n${each.node}`);
              break;
          }
          world.settle();
          world.after(10_000);
        }
        const problems = [...planLogProblems(world.log), ...devicesWrong(world.log, asked)];
        if (problems.length > 0) throw new Error(problems.join('\n'));
        placements += world.log.filter(({ type }) => type === 'AllocationPlaced').length;
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 150) },
    );
    t.ok(placements > 500, `${placements} placements were checked`);
  },
);

/** Finds problems from AllocationPlaced, AllocationReleased and NodeCapacitySet alone, independently of the planner. */
function devicesWrong(log: readonly RecordedMusterEvent[], asked: ReadonlyMap<string, number>): string[] {
  const wrong: string[] = [];
  const capacity = new Map<string, number>();
  const given = new Map<string, Map<number, string>>();
  for (const { type, data } of log) {
    if (type === 'NodeCapacitySet') capacity.set(data.nodeId, data.resources['gpus'] ?? 0);
    if (type === 'AllocationPlaced') {
      const devices = data.gpuDevices?.['main'] ?? [];
      const claim = claimOf(data.jobId) ?? '';
      if (new Set(devices).size !== asked.get(claim))
        wrong.push(`${claim} asked for ${asked.get(claim) ?? 0} and was given ${devices.join(', ')}`);
      const onNode = given.get(data.nodeId) ?? new Map<number, string>();
      given.set(data.nodeId, onNode);
      for (const device of devices) {
        if (device >= (capacity.get(data.nodeId) ?? 0)) wrong.push(`${data.nodeId} has no device ${device}`);
        const holder = onNode.get(device);
        if (holder !== undefined)
          wrong.push(
            `device ${device} of ${data.nodeId} is held by ${holder}, and given to ${data.allocationId}`,
          );
        onNode.set(device, data.allocationId);
      }
    }
    if (type === 'AllocationReleased') {
      for (const [device, holder] of given.get(data.nodeId) ?? [])
        if (holder === data.allocationId) given.get(data.nodeId)?.delete(device);
    }
  }
  return wrong;
}
