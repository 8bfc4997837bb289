import t from 'tap';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import { hasWork, nextDue } from '#domain/scheduling/index.js';
import { group, job, World } from '../world.js';

const OWNER = { surface: 'tasks', tenant: 'a', principal: 'ann' };
const SIZE = { cpu: 10, memory: 10 };

/** Returns a world with runs that wait, because there is no node. */
function waiting(count: number, runStarts: number | undefined): World {
  const world = new World();
  world.runStarts = runStarts;
  for (let run = 1; run <= count; run += 1)
    world.submit(`task.1.${run}`, job(group('run', {}, SIZE)), 'JobSubmitted', OWNER);
  world.settle();
  return world;
}

const placed = (world: World): number => world.state.allocations.size;

void t.test('runs that waited together start a few per second, in order', async (t) => {
  const world = waiting(8, 3);
  world.node('n');
  for (const expected of [3, 3, 6, 6, 8]) {
    world.settle();
    t.equal(placed(world), expected);
    t.notOk(hasWork(world.state, world.now), 'nothing is left to do in this moment');
    if (expected < 8) t.ok((nextDue(world.state) ?? Infinity) <= world.now + 1000);
    world.after(500);
  }
  t.same(
    [...world.state.allocations.values()].map((allocation) => allocation.job.id),
    Array.from({ length: 8 }, (_, index) => `task.1.${index + 1}`),
  );
  world.settle();
  t.equal(world.state.agenda.pace.due, undefined);
});

void t.test(
  'a run that takes the place of an ended one does not wait, nor does a new run or a job',
  async (t) => {
    const world = waiting(4, 1);
    for (let index = 0; index < 5; index += 1) world.submit(`j${index}`, job(group('run', {}, SIZE)));
    world.settle();
    world.node('n');
    world.settle();
    t.equal(placed(world), 6, 'the jobs and one run');
    world.report(world.live('task.1.1')[0]!, 'AllocationCompleted');
    world.settle();
    t.equal(world.live('task.1.2').length, 1);
    t.equal(world.live('task.1.3').length, 0);
    world.submit('task.1.9', job(group('run', {}, SIZE)), 'JobSubmitted', OWNER);
    world.settle();
    t.equal(world.live('task.1.9').length, 1);
  },
);

void t.test('runs that waited for a quota start a few per second', async (t) => {
  const world = new World();
  world.runStarts = 2;
  world.quotas = { ...NO_QUOTAS, slots: { tenant: '0', account: 'unlimited' } };
  world.node('n', { resources: { cpu: 1000, memory: 1000, slots: 10 } });
  for (let run = 1; run <= 5; run += 1)
    world.submit(`task.1.${run}`, job(group('run', {}, { ...SIZE, slots: 1 })), 'JobSubmitted', OWNER);
  world.settle();
  t.equal(placed(world), 0);
  world.give({ type: 'QuotaSet', data: { tenantId: 'a', quota: 'slots', limit: '10' } });
  for (const expected of [2, 4, 5]) {
    world.settle();
    t.equal(placed(world), expected);
    world.after(1000);
  }
});

void t.test('without a limit, all start at once', async (t) => {
  const world = waiting(8, undefined);
  world.node('n');
  world.settle();
  t.equal(placed(world), 8);
});
