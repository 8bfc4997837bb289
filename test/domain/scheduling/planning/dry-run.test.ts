import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import {
  dryRun,
  recordsOf,
  type DryRun,
  type DryRunRequest,
  type PlanEvent,
} from '#domain/scheduling/index.js';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import { MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { happenings, specification } from '../commands.js';
import { happen } from '../happen.js';
import { group, job, only, World } from '../world.js';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300);

const rehearse = (
  world: World,
  jobId: string,
  wanted: JobSpecification,
  given: Partial<DryRunRequest> = {},
): DryRun =>
  dryRun(
    world.state,
    { jobId, specification: wanted, evaluationId: 'asked', most: 1000, ...given },
    { now: world.now },
  );
const told = (world: World): string => [...recordsOf(world.state)].map(canonicalJson).join('\n');

/** Submits the job with the same evaluation, lets stopping allocations stop, and returns the actual plan. */
function carriedOut(
  world: World,
  jobId: string,
  wanted: JobSpecification,
  stops: readonly string[],
): PlanEvent[] {
  const known = world.state.jobs.get(jobId);
  const type = known === undefined || known.stopped ? 'JobSubmitted' : 'JobUpdated';
  world.give({ type, data: { jobId, evaluationId: 'asked', specification: wanted } });
  const first = world.settle();
  for (const id of stops) world.report(id, 'AllocationStopped');
  return [...first, ...world.settle()];
}

const placesOf = (run: DryRun): string[] =>
  run.groups
    .flatMap(({ name, placements }) =>
      placements.map(({ slot, nodeId, ports = [] }) => `${name} ${slot} ${nodeId} ${ports.join()}`),
    )
    .sort();
const realPlaces = (events: readonly PlanEvent[], jobId: string): string[] =>
  only(events, 'AllocationPlaced')
    .filter((each) => each.jobId === jobId)
    .map(({ group: name, slot, nodeId, ports = [] }) => `${name} ${slot} ${nodeId} ${ports.join()}`)
    .sort();

void t.test('a dry run of an earlier version keeps the instances that still run its work', async (t) => {
  const version = (cpu: number) =>
    job(group('main', { count: 3, update: { max_parallel: 1 } }, { cpu, memory: 100 }));
  const world = new World().node('n');
  world.submit('j', version(100));
  world.settle();
  world.submit('j', version(101), 'JobUpdated');
  world.settle();
  t.match(rehearse(world, 'j', version(100)).groups, [{ kept: 2, stopped: 1, placed: 1, unplaced: 0 }]);
  t.match(rehearse(world, 'j', version(101)).groups, [{ kept: 0, stopped: 3, placed: 3, unplaced: 0 }]);
});

void t.test('in any cluster, a dry run changes nothing and predicts the actual placements', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(happenings, fc.nat({ max: 4 }), specification, (sequence, number, wanted) => {
      const world = new World();
      for (const happening of sequence) happen(world, happening);
      world.settle();
      const jobId = `j${number}`;
      const before = told(world);
      const run = rehearse(world, jobId, wanted);
      if (told(world) !== before) throw new Error('the state has changed');
      if (world.settle().length > 0) throw new Error('there is something to plan');
      // Waiting jobs may take freed capacity, which cannot be predicted.
      if ([...world.state.jobs.values()].some(({ id, blocked }) => id !== jobId && blocked !== undefined))
        return;
      compared += 1;
      const real = carriedOut(
        world,
        jobId,
        wanted,
        run.groups.flatMap(({ stops }) => stops.map(({ allocationId }) => allocationId)),
      );
      const [expected, found] = [placesOf(run).join('\n'), realPlaces(real, jobId).join('\n')];
      if (expected !== found) throw new Error(`told:\n${expected}\nplaced:\n${found}`);
      if (world.check.findings.length > 0) throw new Error(canonicalJson(world.check.findings));
      // Reasons are reported at most once a second, so stops in between are not included yet.
      if (run.groups.some(({ stopped }) => stopped > 0)) return;
      const waiting = world.state.jobs.get(jobId)?.blocked?.reasons ?? {};
      for (const { name, unplaced, reason } of run.groups) {
        if (unplaced !== (waiting[name]?.unplaced ?? 0))
          throw new Error(`${name}: told ${unplaced} without a place, and it is ${canonicalJson(waiting)}`);
        if (unplaced > 0 && reason?.nodes !== waiting[name]?.nodes)
          throw new Error(`${name}: told of other nodes`);
      }
    }),
    { numRuns: RUNS },
  );
  t.ok(compared > RUNS / 10, `${compared} dry runs were compared`);
});

void t.test(
  'a dry run of a new job lists its placements, and each node with its score or reason',
  async (t) => {
    const world = new World()
      .node('big', { resources: { cpu: 1000, memory: 1000 } })
      .node('full', { resources: { cpu: 300, memory: 1000 } });
    world.node('other', { drivers: ['docker'] }).node('shut', {});
    world.give({ type: 'NodeEligibilitySet', data: { nodeId: 'shut', eligible: false } });
    world.settle();
    const run = rehearse(world, 'new', job(group('web', { count: 3 }, { cpu: 400, memory: 100 })));
    t.match(run, { jobId: 'new', begins: true });
    const [web] = run.groups;
    t.match(web, {
      count: 3,
      kept: 0,
      stopped: 0,
      placed: 2,
      unplaced: 1,
      placements: [
        { slot: 0, nodeId: 'big' },
        { slot: 1, nodeId: 'big', afterStops: false },
      ],
    });
    t.match(web?.reason, {
      unplaced: 1,
      nodes: 4,
      filtered: { unschedulable: 1, 'driver exec': 1 },
      exhausted: { cpu: 2 },
    });
    t.match(web?.looked, { nodes: 4, fitting: 1, exhausted: { cpu: 1 }, short: { cpu: 100 } });
    t.match(web?.nodes, [
      { nodeId: 'big', verdict: 'fits', score: /^0\.\d+$/ },
      { nodeId: 'full', verdict: 'exhausted', short: { cpu: 100 } },
      { nodeId: 'other', verdict: 'filtered', filter: 'driver exec' },
      { nodeId: 'shut', verdict: 'filtered', filter: 'unschedulable' },
    ]);
    t.equal(
      web?.placements[0]?.score,
      web?.nodes[0]?.score,
      'the first placement has the score that is listed for its node',
    );
  },
);

void t.test(
  'a change of the count keeps running allocations, and other changes replace them once they end',
  async (t) => {
    const world = new World().node('a', { resources: { cpu: 250, memory: 1000 } });
    world.settle();
    world.submit('web', job(group('main', { count: 1 })));
    world.settle();
    const [more] = rehearse(world, 'web', job(group('main', { count: 2 }))).groups;
    t.match(more, { kept: 1, stopped: 0, placed: 1, unplaced: 0 });
    const [other] = rehearse(
      world,
      'web',
      job(group('main', { count: 1 }, { cpu: 200, memory: 100 })),
    ).groups;
    t.match(other, {
      kept: 0,
      stopped: 1,
      stops: [{ nodeId: 'a', reason: 'job-updated' }],
      placed: 1,
      placements: [{ nodeId: 'a', afterStops: true }],
    });
    const run = rehearse(world, 'web', job(group('young')));
    t.match(run.groups, [
      { name: 'young', kept: 0, placed: 1, placements: [{ afterStops: false }] },
      { name: 'main', count: 0, stopped: 1, placed: 0 },
    ]);
    const [none] = rehearse(world, 'web', job(group('main', { count: 0 }))).groups;
    t.match(none, { kept: 0, stopped: 1, stops: [{ reason: 'scaled-down' }], placed: 0, unplaced: 0 });
  },
);

void t.test('a dry run can assume that another job ends first and frees its capacity', async (t) => {
  const holding: JobSpecification = {
    task_groups: [
      {
        name: 'db',
        tasks: [
          {
            name: 'main',
            driver: 'docker',
            config: { image: 'x' },
            resources: { cpu: 700, memory: 10 },
            volumes: [{ name: 'v', path: '/d' }],
          },
        ],
      },
    ],
  };
  const attributes = { [MOUNTS_VOLUMES]: true };
  const world = new World().node('a', { attributes }).node('b', { attributes });
  world.settle();
  world.submit('old', holding);
  const [placed] = only(world.settle(), 'AllocationPlaced');
  const before = told(world);
  t.match(rehearse(world, 'young', holding).groups, [
    { placed: 0, unplaced: 1, reason: { exhausted: { 'volume v': 1 } } },
  ]);
  t.match(rehearse(world, 'young', holding, { others: { old: 0, young: 0, nobody: 0 } }).groups, [
    {
      placed: 1,
      placements: [{ nodeId: placed?.nodeId, afterStops: true }],
      stops: [{ nodeId: placed?.nodeId, reason: 'job-stopped', step: 1 }],
    },
  ]);
  t.equal(told(world), before);
});

void t.test('a dry run lists at most as many nodes as requested, but counts all of them', async (t) => {
  const world = new World();
  for (let index = 0; index < 500; index += 1) world.node(`n${String(index).padStart(3, '0')}`);
  world.settle();
  const [main] = rehearse(world, 'wide', job(group('main', { count: 2000 })), { most: 7 }).groups;
  t.match(main, { placed: 2000, looked: { nodes: 500, fitting: 500 } });
  t.same([main?.nodes.length, main?.placements.length], [7, 7]);
});

void t.test('a node that keeps an instance but cannot hold another is listed as keeping it', async (t) => {
  const attributes = { [MOUNTS_VOLUMES]: true };
  const world = new World()
    .node('a', { attributes })
    .node('b', { attributes, resources: { cpu: 50, memory: 1000 } });
  world.settle();
  const task = {
    name: 'main',
    driver: 'docker',
    config: { image: 'x' },
    resources: { cpu: 100, memory: 10 },
    volumes: [{ name: 'v', path: '/d' }],
  };
  const holding: JobSpecification = { task_groups: [{ name: 'main', tasks: [task] }] };
  world.submit('db', holding);
  world.settle();
  t.match(rehearse(world, 'db', holding).groups, [
    {
      kept: 1,
      placed: 0,
      stopped: 0,
      unplaced: 0,
      nodes: [
        { nodeId: 'a', verdict: 'keeps', kept: 1, short: { 'volume v': 1 } },
        { nodeId: 'b', verdict: 'filtered' },
      ],
    },
  ]);
  t.match(rehearse(world, 'more', job(group('main', { count: 2 }))).groups[0]?.nodes[0], {
    nodeId: 'a',
    verdict: 'fits',
    kept: undefined,
  });
});

/** The steps of a service rollout: `atOnce` instances start at a time, and each healthy one replaces a previous one. */
function rollout(
  count: number,
  atOnce: number,
  stopsFirst: boolean,
  cpu: number,
): { specification: JobSpecification; evaluationId: string; left: number }[] {
  const steps = [];
  for (let well = 0; ; well = Math.min(count, well + atOnce)) {
    const done = well === count;
    const instances = done ? count : Math.min(count, well + atOnce);
    const specification = job(group('main', { count: instances }, { cpu, memory: 100 }));
    steps.push({ specification, evaluationId: `step ${well}`, left: stopsFirst || done ? 0 : count - well });
    if (done) return steps;
  }
}

const rollouts = fc.record({
  nodes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 }),
  count: fc.integer({ min: 1, max: 6 }),
  atOnce: fc.integer({ min: 1, max: 3 }),
  stopsFirst: fc.boolean(),
  cpu: fc.integer({ min: 1, max: 3 }),
});

void t.test(
  'a dry run of a deployment predicts where each instance goes and when each old one stops',
  async (t) => {
    let [whole, stuck] = [0, 0];
    fc.assert(
      fc.property(rollouts, ({ nodes, count, atOnce, stopsFirst, cpu }) => {
        const world = new World();
        nodes.forEach((size, index) =>
          world.node(`n${index}`, { resources: { cpu: size * 100, memory: 10_000 } }),
        );
        world.settle();
        world.submit('old', job(group('main', { count })));
        world.settle();
        if (world.state.jobs.get('old')?.blocked !== undefined) return;
        const steps = rollout(count, atOnce, stopsFirst, cpu * 100);
        const asked = steps.map(({ left, ...step }) => ({ ...step, others: { old: left } }));
        const before = told(world);
        const run = rehearse(world, 'young', steps[0]!.specification, { ...asked[0], then: asked.slice(1) });
        if (told(world) !== before) throw new Error('the state has changed');
        const [places, stops]: [string[], string[]] = [[], []];
        for (const [index, { specification: wanted, evaluationId, left }] of steps.entries()) {
          world.give({
            type: index === 0 ? 'JobSubmitted' : 'JobUpdated',
            data: { jobId: 'young', evaluationId, specification: wanted },
          });
          const events = world.settle();
          if (left === 0) world.end('old');
          else world.submit('old', job(group('main', { count: left })), 'JobUpdated');
          events.push(...world.settle());
          for (const { allocationId } of only(events, 'AllocationStopRequested')) {
            stops.push(`${index + 1} ${allocationId}`);
            world.report(allocationId, 'AllocationStopped');
          }
          events.push(...world.settle());
          places.push(
            ...only(events, 'AllocationPlaced').map(({ slot, nodeId }) => `${index + 1} ${slot} ${nodeId}`),
          );
          if (world.state.jobs.get('young')?.blocked !== undefined) break;
        }
        const [main] = run.groups;
        t.same(
          main?.placements.map(({ step, slot, nodeId }) => `${step} ${slot} ${nodeId}`),
          places,
        );
        t.same(main?.stops.map(({ step, allocationId }) => `${step} ${allocationId}`).sort(), stops.sort());
        t.same([main?.count, main?.kept, main?.unplaced], [count, 0, count - places.length]);
        if (places.length === count) whole += 1;
        else stuck += 1;
      }),
      { numRuns: RUNS },
    );
    t.ok(whole > RUNS / 10 && stuck > RUNS / 30, `${whole} rollouts completed, and ${stuck} got stuck`);
  },
);

void t.test('a dry run reports the quota that the job would exceed for its owner', async (t) => {
  const world = new World();
  const quotas = { ...NO_QUOTAS, cpu: { tenant: '500', account: 'unlimited' } };
  world.quotas = quotas;
  world.node('n', { resources: { cpu: 2000, memory: 2000 } }).settle();
  const owner = { surface: 'services', tenant: 'acme', principal: 'ann' };
  const wanted = job(group('run', { count: 3 }, { cpu: 200, memory: 10 }));
  const rehearsed = (asked: Partial<DryRunRequest>) =>
    dryRun(
      world.state,
      { jobId: 'service.1', specification: wanted, evaluationId: 'asked', most: 1000, ...asked },
      { now: world.now, quotas },
    );
  t.match(rehearsed({}).groups, [{ placed: 3, unplaced: 0 }], 'a job of the operator has no quota');
  const reason = { quota: { quota: 'cpu', of: 'tenant', holder: 'acme', limit: 500, used: 400 } };
  t.match(rehearsed({ owner }).groups, [{ placed: 2, unplaced: 1, reason }]);
  t.equal(
    world.state.quotas
      .usageOf({ of: 'tenant', id: 'acme' }, world.state.totals(), world.now)
      .find(({ quota }) => quota === 'cpu')?.used,
    0,
  );
  world.submit('service.1', wanted, 'JobSubmitted', owner);
  world.settle();
  t.equal(world.live('service.1').length, 2, 'the real job is placed as predicted');
  t.match(world.state.jobs.get('service.1')?.blocked?.reasons['run'], { unplaced: 1, ...reason });
});
