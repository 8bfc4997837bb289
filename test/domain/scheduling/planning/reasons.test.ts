import t from 'tap';
import type { BlockedReason } from '#domain/scheduling/plan-log/events.js';
import { sameReasons } from '#domain/scheduling/planning/reasons.js';
import { group, job, only, World } from '../world.js';

const REASON: BlockedReason = {
  unplaced: 1,
  nodes: 2,
  filtered: { 'driver exec': 1 },
  exhausted: { cpu: 1 },
  short: { cpu: 5 },
  oversized: 1,
};

void t.test('reasons are equal only if every part of every group is equal', async (t) => {
  const { oversized: _oversized, ...fitting } = REASON;
  t.ok(sameReasons({}, {}));
  t.ok(sameReasons({ a: REASON, b: fitting }, { b: { ...fitting }, a: { ...REASON } }));
  for (const change of [
    { unplaced: 2 },
    { nodes: 3 },
    { oversized: 2 },
    { filtered: {} },
    { filtered: { 'driver exec': 2 } },
    { filtered: { 'driver docker': 1 } },
    { exhausted: { cpu: 2 } },
    { exhausted: { cpu: 1, memory: 1 } },
    { short: { cpu: 6 } },
  ])
    t.notOk(sameReasons({ a: REASON }, { a: { ...REASON, ...change } }), JSON.stringify(change));
  t.notOk(sameReasons({ a: REASON }, { a: fitting }));
  t.notOk(sameReasons({ a: REASON }, {}));
  t.notOk(sameReasons({ a: REASON }, { a: REASON, b: REASON }));
  t.notOk(sameReasons({ a: REASON }, { b: REASON }));
});

function why(world: World, resources: Readonly<Record<string, number>>): BlockedReason | undefined {
  world.settle();
  world.submit('j', job(group('main', {}, { cpu: 1, memory: 1, ...resources })));
  return only(world.settle(), 'EvaluationBlocked')[0]?.reasons['main'];
}

void t.test(
  'the reported shortage is the smallest of all nodes, and nodes that are too small are counted',
  async (t) => {
    const world = new World()
      .node('a', { resources: { cpu: 10, memory: 10 } })
      .node('b', { resources: { cpu: 7, memory: 10 } });
    t.match(why(world, { cpu: 12 }), {
      unplaced: 1,
      nodes: 2,
      filtered: {},
      exhausted: { cpu: 2 },
      short: { cpu: 2 },
      oversized: 2,
    });
  },
);

void t.test('reasons list the first eight resources and combine the others', async (t) => {
  const names = Array.from({ length: 10 }, (_, index) => `r${index}`);
  const world = new World().node('a').node('b', { resources: { cpu: 1000, memory: 1000, r8: 1 } });
  const reason = why(world, Object.fromEntries(names.map((name, index) => [name, index + 1])));
  t.strictSame(Object.entries(reason?.exhausted ?? {}), [
    ...names.slice(0, 8).map((name) => [name, 2]),
    ['others', 2],
  ]);
  t.strictSame(
    Object.entries(reason?.short ?? {}),
    [...names.slice(0, 8).map((name, index) => [name, index + 1]), ['others', 8]],
    'the combined entry has the smallest shortage',
  );
});

void t.test(
  'nodes that are ruled out are counted by their first failing filter, sorted by its name',
  async (t) => {
    const world = new World();
    for (const index of [1, 2]) world.node(`d${index}`, { drivers: ['docker'] });
    world.node('ill', { healthy: false });
    const reason = why(world, {});
    t.strictSame(Object.entries(reason?.filtered ?? {}), [
      ['driver exec', 2],
      ['unschedulable', 1],
    ]);
    t.equal(reason?.oversized, undefined);
  },
);
