import fc from 'fast-check';
import t from 'tap';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { Branch, comparisonOf, pictureOf, STOP_DURATION_MS } from '#domain/scheduling/branch/index.js';
import { nextDue, recordsOf } from '#domain/scheduling/index.js';
import { eventOf, facts, happenings, type Happening } from '../commands.js';
import { happen } from '../happen.js';
import { group, job, World } from '../world.js';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);
const still = { monotonic: () => 0 };

const recorded = (world: World): string => [...recordsOf(world.state)].map(canonicalJson).join('\n');
const small = (name: string, count: number, more = {}): TaskGroup =>
  group(name, { count }, { cpu: 50, memory: 50, ...more });
/** One group of the first job is placed while the other waits, and the job is not explained again before the allocation ends. */
const HALF_PLACED: readonly Happening[] = [
  {
    kind: 'specify',
    job: 0,
    type: 'JobSubmitted',
    specification: job(small('one', 1), small('two', 2, { gpus: 2 })),
  },
  { kind: 'plan', maxEvents: 2 },
  { kind: 'pass', ms: 5000 },
  { kind: 'specify', job: 1, type: 'JobSubmitted', specification: job(small('one', 5)) },
  { kind: 'plan', maxEvents: 3 },
  { kind: 'plan', maxEvents: 5 },
  {
    kind: 'register',
    node: 0,
    resources: { cpu: 1000, memory: 100, gpus: 0 },
    zone: 'a',
    docker: false,
  },
];

const branchOf = (world: World): Branch =>
  Branch.of(world.state, { now: world.now, reserves: world.reserves });
const placesOf = ({ state }: Pick<World, 'state'>): string =>
  [...state.allocations.values()]
    .map(
      ({ id, job: { id: of }, group: { name }, slot, node }) =>
        `${of} ${name} ${slot} ${state.nodes[node]?.id} ${id}`,
    )
    .sort()
    .join('\n');

/** Ids of the allocations that are to stop, in the order of the requests, in which a branch ends them. */
const stopsOf = (world: World): string[] => {
  const awaited = world.log.flatMap(({ type, data }) =>
    type === 'AllocationStopRequested' ? [data.allocationId] : [],
  );
  return [...new Set(awaited)].filter((id) => {
    const allocation = world.state.allocations.get(id);
    return allocation?.stopping !== undefined && allocation.reported === undefined;
  });
};

void t.test(
  'in any cluster, a branch predicts the resulting placements and leaves the state unchanged',
  async (t) => {
    let compared = 0;
    fc.assert(
      fc.property(happenings, facts, (sequence, changes) => {
        const world = new World();
        for (const happening of sequence) happen(world, happening);
        world.settle();
        const branch = branchOf(world);
        branch.settle({ horizonMs: 0, clock: still });
        for (const change of changes) {
          const event = eventOf(world, change);
          if (event === undefined || event.type === 'ClusterCleared') continue;
          branch.apply(event, world.give(event).revision);
        }
        const before = recorded(world);
        const settlement = branch.settle({ horizonMs: STOP_DURATION_MS, clock: still });
        if (!settlement.settled) throw new Error('does not settle');
        if (recorded(world) !== before) throw new Error('the state has changed');
        world.settle();
        const end = world.now + STOP_DURATION_MS;
        const stopping = stopsOf(world);
        for (let due = nextDue(world.state); due !== undefined && due < end; due = nextDue(world.state)) {
          world.now = due;
          world.settle();
        }
        world.now = end;
        for (const id of stopping) world.report(id, 'AllocationStopped');
        world.settle();
        compared += 1;
        const [told, real] = [placesOf(branch), placesOf(world)];
        if (told !== real) throw new Error(`told:\n${told}\nreal:\n${real}`);
      }),
      {
        numRuns: RUNS,
        examples: [[[...HALF_PLACED], [{ kind: 'report', allocation: 0, type: 'AllocationStopped' }]]],
      },
    );
    t.ok(compared > RUNS / 4, `${compared} predictions were compared`);
  },
);

void t.test('a branch shows which allocations a drain moves and which jobs it blocks', async (t) => {
  const world = new World().node('n1');
  world.submit('a', job(group('web', { count: 3 })));
  world.settle();
  world.node('n2', { resources: { cpu: 150, memory: 1000 } }).settle();
  const branch = branchOf(world);
  const before = pictureOf(branch.state, branch.now);
  branch.apply({ type: 'NodeDrainStarted', data: { nodeId: 'n1' } });
  t.same(branch.settle({ horizonMs: 60_000, clock: still }), { settled: true });
  const { moves, placed, stopped, blocked, unblocked, nodes, ...told } = comparisonOf(before, branch);
  t.equal(moves.length, 1);
  t.match(moves[0], { job: 'a', group: 'web', from: 'n1', to: 'n2', score: Number });
  t.same([placed, stopped, unblocked], [[], [], []]);
  t.match(blocked, [
    { job: 'a', group: 'web', before: 0, after: 2, reason: { unplaced: 2, exhausted: { cpu: 1 } } },
  ]);
  t.match(nodes, [
    {
      node: 'n1',
      before: { status: 'ready', allocations: 3, cpu: 300 },
      after: { status: 'draining', allocations: 0, cpu: 0 },
    },
    {
      node: 'n2',
      before: { status: 'ready', allocations: 0 },
      after: { status: 'ready', allocations: 1, cpu: 100 },
    },
  ]);
  t.match(told, {
    before: { waiting: 0, nodes: 2, cpu: { used: 300, capacity: 1150 } },
    after: { waiting: 2, nodes: 1, cpu: { used: 100, capacity: 150 } },
  });
});

void t.test('a branch reports which limit it exceeded: events or time', async (t) => {
  const world = new World().node('n1');
  world.submit('a', job(group('web', { count: 10 })));
  const few = branchOf(world);
  t.same(few.settle({ horizonMs: 0, maxEvents: 1, clock: still }), { settled: false, because: 'events' });
  let now = 0;
  const slow = { monotonic: () => (now += 6000) };
  t.same(branchOf(world).settle({ horizonMs: 0, clock: slow }), { settled: false, because: 'time' });
});
