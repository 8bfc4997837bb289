import fc from 'fast-check';
import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import { canonicalJson } from '#domain/kernel/canonical.js';
import {
  ClusterState,
  plan,
  PlanLogCheck,
  recordsOf,
  restore,
  type SnapshotRecord,
} from '#domain/scheduling/index.js';
import { isLacking } from '#domain/scheduling/feasibility/fit.js';
import { explain } from '#domain/scheduling/planning/reasons.js';
import { delays, isHeldBack, reservationOf } from '#domain/scheduling/planning/reservation.js';
import { ruledOutBy } from '#domain/scheduling/feasibility/shape.js';
import { planLogProblems } from '../../fixtures/plan-log.js';
import { facts, happenings, TENANT, type Happening } from './commands.js';
import { happen } from './happen.js';
import { evolveState, World } from './world.js';

/** Set `PROPERTY_RUNS=20000` for a longer search. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 150);

const told = (state: ClusterState): string[] => [...recordsOf(state)].map(canonicalJson).sort();

void t.test('any log folds to the same state live, in a rebuild and from any snapshot', async () => {
  fc.assert(
    fc.property(happenings, fc.nat(), (sequence, cut) => {
      const world = new World();
      for (const happening of sequence) happen(world, happening);
      const live = told(world.state);
      const rebuilt = new ClusterState();
      const at = world.log.length === 0 ? 0 : cut % world.log.length;
      let snapshot: string[] = [];
      world.log.forEach((event, index) => {
        if (index === at) snapshot = [...recordsOf(rebuilt)].map((record) => JSON.stringify(record));
        evolveState(rebuilt, event);
      });
      assertSame(told(rebuilt), live, 'rebuilt');
      if (world.log.length === 0) return;
      const restored = restore(snapshot.map((text) => JSON.parse(text) as SnapshotRecord));
      for (const event of world.log.slice(at)) evolveState(restored, event);
      assertSame(told(restored), live, 'restored');
    }),
    { numRuns: RUNS },
  );
});

void t.test(
  'both checks find no oversubscribed node, and no slot, port or volume assigned twice, in any plan log',
  async () => {
    fc.assert(
      fc.property(happenings, (sequence) => {
        const world = new World();
        for (const happening of sequence) happen(world, happening);
        assertSame(world.check.findings, [], 'findings');
        if (!world.log.some((event) => event.type === 'ClusterCleared'))
          assertSame(planLogProblems(world.log), [], 'problems');
      }),
      { numRuns: RUNS },
    );
  },
);

void t.test(
  'no tenant or account ever exceeds its quotas, and jobs still wait for a quota after a rebuild',
  async () => {
    fc.assert(
      fc.property(happenings, fc.nat(), (sequence, cut) => {
        const world = new World();
        world.quotas = {
          ...NO_QUOTAS,
          slots: { tenant: '4', account: '75%' },
          cpu: { tenant: '50%', account: '450' },
          runs_per_minute: { tenant: '5', account: '4' },
        };
        for (const happening of sequence) happen(world, happening);
        const rebuilt = new ClusterState();
        rebuilt.limitBy(world.quotas);
        const at = world.log.length === 0 ? 0 : cut % world.log.length;
        let snapshot: string[] = [];
        world.log.forEach((event, index) => {
          if (index === at) snapshot = [...recordsOf(rebuilt)].map((record) => JSON.stringify(record));
          evolveState(rebuilt, event);
          if (event.type !== 'AllocationPlaced') return;
          for (const holder of [{ of: 'tenant', id: TENANT } as const, { of: 'account', id: 'p' } as const]) {
            for (const { quota, used, rule } of rebuilt.quotas.usageOf(
              holder,
              rebuilt.totals(),
              event.metadata.at,
            ))
              if (/^\d+$/.test(rule) && used > Number(rule))
                throw new Error(`${quota} of ${holder.of}: ${used} of ${rule}`);
          }
        });
        assertSame(told(rebuilt), told(world.state), 'rebuilt');
        if (world.log.length === 0) return;
        const restored = restore(snapshot.map((text) => JSON.parse(text) as SnapshotRecord));
        for (const event of world.log.slice(at)) evolveState(restored, event);
        assertSame(told(restored), told(world.state), 'restored');
        // A job with a new request is pending, and may be evaluated once more than necessary.
        for (const key of world.state.agenda.overQuota.keys())
          if (!restored.agenda.overQuota.has(key)) throw new Error(`nothing waits for ${key}`);
      }),
      { numRuns: RUNS },
    );
  },
);

const taskOf = (driver: string, config: Readonly<Record<string, string>>) => ({
  name: 'task',
  driver,
  config,
  resources: { cpu: 50, memory: 50 },
});
const docker = { name: 'one', count: 1, tasks: [taskOf('docker', { image: 'x' })] };
/** A blocked job is evaluated again and stays blocked, for different reasons. */
const LOOKED_AT_IN_VAIN: Happening[] = [
  { kind: 'register', node: 0, resources: { cpu: 1000, memory: 100, gpus: 0 }, zone: 'a', docker: false },
  { kind: 'specify', job: 1, type: 'JobSubmitted', specification: { task_groups: [docker] } },
  {
    kind: 'specify',
    job: 0,
    type: 'JobSubmitted',
    specification: {
      task_groups: [docker, { name: 'two', count: 1, tasks: [taskOf('exec', { command: 'true' })] }],
    },
  },
  {
    kind: 'race',
    maxEvents: 1,
    facts: [
      { kind: 'register', node: 1, resources: { cpu: 0, memory: 100, gpus: 0 }, zone: 'a', docker: false },
      { kind: 'report', allocation: 0, type: 'AllocationCompleted' },
    ],
  },
  { kind: 'plan', maxEvents: 5 },
  { kind: 'race', maxEvents: 1, facts: [{ kind: 'report', allocation: 0, type: 'AllocationCompleted' }] },
  { kind: 'plan', maxEvents: 5 },
  { kind: 'pass', ms: 1000 },
];

/** A blocked job on the agenda is the first to try the freed capacity, and stays blocked. */
const ASKED_IN_VAIN: Happening[] = [
  {
    kind: 'specify',
    job: 0,
    type: 'JobSubmitted',
    specification: {
      task_groups: [
        { name: 'one', count: 1, tasks: [taskOf('exec', { command: 'true' })] },
        { name: 'two', count: 1, tasks: [taskOf('docker', { image: 'x' })] },
      ],
    },
  },
  { kind: 'plan', maxEvents: 3 },
  { kind: 'register', node: 0, resources: { cpu: 150, memory: 100, gpus: 0 }, zone: 'a', docker: false },
  {
    kind: 'specify',
    job: 1,
    type: 'JobSubmitted',
    specification: {
      task_groups: [
        { name: 'one', count: 1, tasks: [taskOf('exec', { command: 'true' })] },
        {
          name: 'two',
          count: 1,
          tasks: [
            {
              name: 'task',
              driver: 'exec',
              config: { command: 'true' },
              ports: [],
              resources: { cpu: 50, memory: 50, gpus: 2 },
            },
          ],
        },
      ],
    },
  },
  { kind: 'plan', maxEvents: 3 },
  { kind: 'plan', maxEvents: 5 },
  { kind: 'report', allocation: 0, type: 'AllocationCompleted' },
  { kind: 'pass', ms: 5000 },
  { kind: 'plan', maxEvents: 200 },
];

void t.test('planning leaves the state unchanged, and the same state gives the same plan', async () => {
  fc.assert(
    fc.property(happenings, (sequence) => {
      const world = new World();
      for (const happening of sequence) happen(world, happening);
      const before = [told(world.state), world.state.ledger.used.map((used) => [...used])];
      const one = plan(world.state, { now: world.now });
      assertSame([told(world.state), world.state.ledger.used.map((used) => [...used])], before, 'state');
      assertSame(plan(world.state, { now: world.now }).events, one.events, 'plan');
    }),
    { numRuns: RUNS, examples: [[LOOKED_AT_IN_VAIN], [ASKED_IN_VAIN]] },
  );
});

void t.test('two schedulers that append to one log at different speeds keep it consistent', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('facts' as const), facts }),
    fc.record({ kind: fc.constant('fold' as const), who: fc.nat(1), events: fc.nat(20) }),
    fc.record({ kind: fc.constant('plan' as const), who: fc.nat(1), maxEvents: fc.constantFrom(1, 3, 200) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      // The state of the world is always current, and the states of the schedulers lag behind.
      const world = new World();
      const schedulers = [0, 1].map(() => ({ state: new ClusterState(), folded: 0 }));
      const fold = (scheduler: (typeof schedulers)[number], events: number): void => {
        for (let index = 0; index < events && scheduler.folded < world.log.length; index += 1) {
          evolveState(scheduler.state, world.log[scheduler.folded]!);
          scheduler.folded += 1;
        }
      };
      for (const each of steps) {
        if (each.kind === 'facts') for (const fact of each.facts) happen(world, fact);
        else if (each.kind === 'fold') fold(schedulers[each.who]!, each.events);
        else {
          const { state } = schedulers[each.who]!;
          const { events } = plan(state, {
            now: world.now,
            limits: { maxEvents: each.maxEvents, maxBytes: 240_000 },
          });
          if (state.planRevision !== world.state.planRevision) continue;
          for (const { type, data } of events) world.give({ type, data } as MusterEvent);
        }
      }
      assertSame(world.check.findings, [], 'findings');
      for (const scheduler of schedulers) {
        fold(scheduler, Number.POSITIVE_INFINITY);
        assertSame(told(scheduler.state), told(world.state), 'states');
      }
    }),
    { numRuns: RUNS },
  );
});

void t.test(
  'no slot stays pending forever: each ends up filled, final or blocked with the right reason',
  async () => {
    fc.assert(
      fc.property(happenings, (sequence) => {
        const world = new World();
        for (const happening of sequence) happen(world, happening);
        comeToRest(world);
        assertSame(world.check.findings, [], 'findings');
        const reservation = reservationOf(world.state, world.now);
        for (const job of world.state.jobs.values()) {
          assertSame(job.pending, [], `${job.id} pending`);
          for (const group of job.groups) {
            let vacant = 0;
            let held = true;
            for (let slot = 0; slot < group.count; slot += 1) {
              const known = group.slots[slot];
              if (known?.allocation === undefined && known?.outcome === undefined) {
                vacant += 1;
                held &&= reservation !== undefined && isHeldBack(reservation, job, known);
              }
            }
            if (vacant === 0) continue;
            const shape = group.specification!.shape;
            const isReserved = (index: number): boolean =>
              reservation !== undefined &&
              delays(reservation, world.state.ledger, index, { shape }, world.now);
            world.state.nodes.forEach((node, index) => {
              const fits =
                node.open &&
                ruledOutBy(shape, node.facts!) === undefined &&
                !isLacking(world.state.ledger, index, shape.demand);
              if (fits && !(held && isReserved(index)))
                throw new Error(`${job.id}/${group.name} fits on ${node.id}`);
            });
            assertSame(
              job.blocked?.reasons[group.name],
              { unplaced: vacant, ...explain(world.state, shape, isReserved) },
              `${job.id}/${group.name} reasons`,
            );
          }
        }
      }),
      { numRuns: RUNS },
    );
  },
);

/** Without new facts, lets agents stop allocations and time pass until nothing more is planned. */
function comeToRest(world: World): void {
  for (let quiet = 0, round = 0; quiet < 4; round += 1) {
    if (round > 200) throw new Error('it does not come to rest');
    const planned = world.settle().length;
    let stopped = 0;
    for (const allocation of [...world.state.allocations.values()]) {
      if (allocation.stopping === undefined || allocation.reported !== undefined) continue;
      world.report(allocation.id, 'AllocationStopped');
      stopped += 1;
    }
    quiet = planned + stopped === 0 ? quiet + 1 : 0;
    world.after(100_000);
  }
}

void t.test('the plan log check reports deliberately introduced faults', async (t) => {
  const found = (events: MusterEvent[]): string[] => {
    const world = new World().node('a', { resources: { cpu: 100, memory: 100 } });
    world.settle();
    world.submit('j', {
      task_groups: [
        {
          name: 'main',
          count: 2,
          tasks: [
            {
              name: 'task',
              driver: 'exec',
              config: { command: 'true' },
              resources: { cpu: 100, memory: 10 },
            },
          ],
        },
      ],
    });
    world.settle();
    for (const event of events) world.give(event);
    return [...new Set(world.check.findings.map((finding) => finding.check))];
  };
  const held = { allocationId: '', jobId: 'j', group: 'main', slot: 0, nodeId: 'a' };
  const world = new World().node('a', { resources: { cpu: 100, memory: 100 } });
  world.settle();
  world.submit('j', {
    task_groups: [
      {
        name: 'main',
        count: 2,
        tasks: [
          { name: 'task', driver: 'exec', config: { command: 'true' }, resources: { cpu: 100, memory: 10 } },
        ],
      },
    ],
  });
  world.settle();
  held.allocationId = world.live('j')[0]!;
  const placed = world.placed(held.allocationId);
  t.strictSame(found([]), []);
  const { allocationIdOf } = await import('#domain/scheduling/index.js');
  const next = { ...placed, slot: 1, allocationId: allocationIdOf('j', 0, 'main', 1, 0) };
  t.strictSame(found([{ type: 'AllocationPlaced', data: next }]), ['plan-log.capacity']);
  t.strictSame(
    found([
      {
        type: 'AllocationPlaced',
        data: { ...placed, attempt: 1, allocationId: allocationIdOf('j', 0, 'main', 0, 1), resources: {} },
      },
    ]),
    ['plan-log.slot'],
  );
  t.strictSame(found([{ type: 'AllocationPlaced', data: { ...next, resources: {}, epoch: 2 } }]), [
    'plan-log.epoch',
  ]);
  t.strictSame(
    found([
      { type: 'NodeCapacitySet', data: { nodeId: 'a', epoch: 1, resources: { cpu: 50 }, schedulable: true } },
    ]),
    ['plan-log.shrink'],
  );
  t.strictSame(
    found([
      { type: 'AllocationStopRequested', data: { ...held, reason: 'drain' } },
      { type: 'NodeCapacitySet', data: { nodeId: 'a', epoch: 1, resources: { cpu: 50 }, schedulable: true } },
    ]),
    [],
  );
  t.strictSame(
    found([
      { type: 'AllocationReleased', data: { ...held, outcome: 'stopped' } },
      { type: 'AllocationReleased', data: { ...held, outcome: 'stopped' } },
    ]),
    ['plan-log.allocation'],
  );
  t.strictSame(new PlanLogCheck().findings, []);
});

function assertSame(found: unknown, wanted: unknown, what: string): void {
  const one = JSON.stringify(found, undefined, 1);
  const other = JSON.stringify(wanted, undefined, 1);
  if (one !== other) throw new Error(`${what}: ${one}\n is not \n${other}`);
}
