import t from 'tap';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import { job, shortGroup, World } from '../world.js';

interface Wish {
  readonly priority?: number;
  readonly slots?: number;
  /** Time limit. */
  readonly seconds?: number;
}

let made = 0;

function cluster(slots = 10): World {
  const world = new World();
  world.quotas = { ...NO_QUOTAS, slots: { tenant: '75%', account: 'unlimited' } };
  world.node('n', { resources: { cpu: 1000, memory: 1000, slots } });
  world.settle();
  return world;
}

/** Submits the run of a tenant, or without one a job of the operator. */
function run(
  world: World,
  tenant: string | undefined,
  { priority = 50, slots = 1, seconds = 60 }: Wish = {},
): string {
  const id = `task.${(made += 1)}.1`;
  const owner = tenant === undefined ? undefined : { surface: 'tasks', tenant, principal: `${tenant}-user` };
  const wanted = { ...job(shortGroup('run', { cpu: 10, memory: 10, slots }, seconds)), priority };
  world.submit(id, wanted, 'JobSubmitted', owner);
  world.settle();
  return id;
}

const runs = (world: World, count: number, tenant: string, wish?: Wish): string[] =>
  Array.from({ length: count }, () => run(world, tenant, wish));

const isPlaced = (world: World, id: string): boolean => world.live(id).length > 0;
const placed = (world: World, ids: readonly string[]): number =>
  ids.filter((id) => isPlaced(world, id)).length;

function end(world: World, id: string): void {
  world.report(world.live(id)[0]!, 'AllocationCompleted');
  world.settle();
}

void t.test(
  'if nothing is free, the tenant that holds the least comes first, whatever the priorities',
  async (t) => {
    const world = cluster();
    const [one, two] = [runs(world, 5, 'one'), runs(world, 5, 'two')];
    const urgent = [...runs(world, 3, 'one', { priority: 90 }), ...runs(world, 3, 'two', { priority: 90 })];
    const modest = runs(world, 3, 'modest', { priority: 30 });
    for (const [index, id] of [one[0]!, two[0]!, one[1]!].entries()) {
      end(world, id);
      t.equal(placed(world, modest), index + 1);
    }
    t.equal(placed(world, urgent), 0);
    end(world, two[1]!);
    t.equal(placed(world, urgent), 1, 'then the other tenants are next');
  },
);

void t.test('tenants take turns within one plan, and each places its most urgent work first', async (t) => {
  const world = cluster(4);
  const large = run(world, 'holder', { slots: 4 });
  const one = runs(world, 3, 'one');
  const first = run(world, 'one', { priority: 70 });
  const two = runs(world, 3, 'two', { priority: 30 });
  end(world, large);
  t.ok(isPlaced(world, first));
  t.equal(placed(world, one), 1);
  t.equal(placed(world, two), 2);
});

void t.test("the operator's jobs compete by priority with the tenant whose turn it is", async (t) => {
  const world = cluster(3);
  const large = run(world, 'holder', { slots: 2 });
  run(world, 'two');
  const tenant = runs(world, 2, 'one');
  const other = run(world, 'two', { priority: 90 });
  const [low, high] = [run(world, undefined, { priority: 30 }), run(world, undefined, { priority: 70 })];
  end(world, large);
  t.same(
    [high, tenant[0]!].map((id) => isPlaced(world, id)),
    [true, true],
  );
  t.same(
    [low, other, tenant[1]!].map((id) => isPlaced(world, id)),
    [false, false, false],
  );
});

void t.test('work that waits for a quota does not come before tenants that hold less', async (t) => {
  const world = cluster();
  const greedy = runs(world, 7, 'greedy');
  runs(world, 3, 'other');
  const modest = runs(world, 2, 'modest', { priority: 30 });
  const more = runs(world, 2, 'greedy', { priority: 90 });
  end(world, greedy[0]!);
  end(world, greedy[1]!);
  t.equal(placed(world, modest), 2);
  t.equal(placed(world, more), 0);
});

void t.test(
  'nodes are reserved for the tenant that holds the least, not for the most urgent work',
  async (t) => {
    const world = cluster();
    const one = runs(world, 7, 'one');
    const two = runs(world, 3, 'two');
    run(world, 'one', { priority: 90, slots: 5 });
    const large = run(world, 'modest', { priority: 30, slots: 4 });
    for (const id of one.slice(0, 3)) {
      end(world, id);
      const small = run(world, 'two', { priority: 70, seconds: 300 });
      t.notOk(isPlaced(world, small), 'is held back, although it is more urgent');
      world.end(small);
      world.settle();
    }
    end(world, two[0]!);
    t.ok(isPlaced(world, large));
  },
);

void t.test('a tenant whose work waits for a share is not evaluated job by job', async (t) => {
  const world = cluster();
  const greedy = runs(world, 10, 'greedy');
  for (let count = 0; count < 500; count += 1) {
    const owner = { surface: 'tasks', tenant: 'greedy', principal: 'greedy-user' };
    const wanted = job(shortGroup('run', { cpu: 10, memory: 10, slots: 1 }));
    world.submit(`task.${(made += 1)}.1`, wanted, 'JobSubmitted', owner);
  }
  world.settle();
  const large = run(world, 'modest', { slots: 4 });
  const before = world.log.length;
  for (const id of greedy.slice(0, 3)) end(world, id);
  t.ok(world.log.length - before < 50, `${world.log.length - before} events`);
  end(world, greedy[3]!);
  t.ok(isPlaced(world, large));
});
