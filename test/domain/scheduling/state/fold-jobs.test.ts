import t from 'tap';
import { DEFAULT_PRIORITY } from '#domain/jobs/job/specification.js';
import { unwantedBecause } from '#domain/scheduling/state/scheduled-job.js';
import { recordsOf, restore } from '#domain/scheduling/state/snapshot.js';
import { types, World, group, job } from '../world.js';

const of = (world: World, jobId = 'j') => world.state.jobs.get(jobId);
function running(count = 2): World {
  const world = new World().node('n');
  world.submit('j', job(group('main', { count })));
  world.settle();
  return world;
}

void t.test(
  'a submitted job has the groups and priority of its specification, and awaits an evaluation',
  async (t) => {
    const world = new World();
    const asked = world.submit('j', { ...job(group('a', { count: 3 }), group('b')), priority: 7 });
    t.match(of(world), {
      id: 'j',
      version: 0,
      priority: 7,
      stopped: false,
      deleted: false,
      live: 0,
      pending: [{ kind: 'job-submitted', ref: asked }],
    });
    t.match(of(world)?.groups, [
      { name: 'a', count: 3, since: 0, slots: [], live: 0 },
      { name: 'b', count: 1 },
    ]);
    t.same(of(world)?.cause, { correlationId: 'c', causationId: world.log[0]?.id });
    t.ok(world.state.agenda.jobs.has(of(world)!));
    const updated = world.submit('j', job(), 'JobUpdated');
    t.match(of(world), {
      version: 1,
      priority: DEFAULT_PRIORITY,
      pending: [{ ref: asked }, { kind: 'job-updated', ref: updated }],
    });
    t.same(of(world)?.cause.causationId, world.log[1]?.id);
  },
);

void t.test('each command of a job is listed as pending', async (t) => {
  const world = new World();
  world.submit('j', job());
  world.submit('j', job(), 'JobUpdated');
  world.submit('j', job(), 'JobRestarted');
  world.end('j');
  world.end('j', 'JobDeleted');
  t.strictSame(
    of(world)?.pending.map(({ kind }) => kind),
    ['job-submitted', 'job-updated', 'job-restarted', 'job-stopped', 'job-deleted'],
  );
});

void t.test('a job stays stopped or deleted until it is restarted', async (t) => {
  const world = new World();
  world.submit('j', job());
  world.end('j');
  t.match(of(world), { stopped: true, deleted: false, version: 0 });
  world.end('j', 'JobDeleted');
  t.match(of(world), { stopped: true, deleted: true });
  world.end('j');
  t.equal(of(world)?.deleted, true, 'a stop leaves the job deleted');
  world.submit('j', job(), 'JobRestarted');
  t.match(of(world), { stopped: false, deleted: false, version: 4 });
  world.end('unknown');
  t.match(
    of(world, 'unknown'),
    { version: 0, stopped: true, groups: [], live: 0 },
    'a command for an unknown job creates a record of it',
  );
});

void t.test('an update keeps the allocations of a group whose tasks are unchanged', async (t) => {
  const world = running();
  const slots = [...of(world)!.groups[0]!.slots];
  world.submit('j', { ...job(group('main', { count: 3 })), priority: 9 }, 'JobUpdated');
  const [kept] = of(world)!.groups;
  t.strictSame([kept?.since, kept?.count, kept?.live], [0, 3, 2]);
  t.strictSame([...kept!.slots], slots, 'the state of the slots is unchanged');
});

void t.test(
  'slots start from scratch after an update of tasks, a restart or an update after a stop',
  async (t) => {
    const ways: readonly (readonly [string, (world: World) => unknown])[] = [
      [
        'after an update of tasks',
        (world) =>
          world.submit('j', job(group('main', { count: 2 }, { cpu: 101, memory: 100 })), 'JobUpdated'),
      ],
      ['after a restart', (world) => world.submit('j', job(group('main', { count: 2 })), 'JobRestarted')],
      [
        'after an update that follows a stop',
        (world) => {
          world.end('j');
          return world.submit('j', job(group('main', { count: 2 })), 'JobUpdated');
        },
      ],
    ];
    for (const [what, ask] of ways) {
      const world = running();
      const before = of(world)!.groups[0]!.slots.map((slot) => slot?.allocation);
      Object.assign(of(world)!.groups[0]!.slots[0]!, { failures: 3, interruptions: 2, attempts: 5 });
      ask(world);
      const [anew] = of(world)!.groups;
      t.equal(anew?.since, of(world)?.version, what);
      t.match(
        anew?.slots[0],
        { failures: 0, interruptions: 0, attempts: 5, version: 0, outcome: undefined },
        'attempt numbers are never reused',
      );
      t.strictSame(
        anew?.slots.map((slot) => slot?.allocation),
        before,
        'allocations are held until they are released',
      );
    }
  },
);

void t.test(
  'an instance that already runs the work of a new version stays, whichever version placed it',
  async (t) => {
    const update = { max_parallel: 1 };
    const version = (cpu: number) => job(group('main', { count: 3, update }, { cpu, memory: 100 }));
    const begun = (): World => {
      const world = new World().node('n');
      world.submit('j', version(100));
      world.settle();
      world.submit('j', version(101), 'JobUpdated');
      return world;
    };
    const unwanted = (world: World) =>
      of(world)!.groups[0]!.slots.map((slot) => slot?.allocation && unwantedBecause(slot.allocation));

    const world = begun();
    const [first = '', ...others] = world.live('j');
    world.settle();
    world.report(first, 'AllocationStopped');
    world.settle();
    const [replacement = ''] = world.live('j').filter((id) => id !== first && !others.includes(id));
    world.report(replacement, 'AllocationFailed');
    world.submit('j', version(100), 'JobUpdated');
    t.strictSame(
      types(world.settle()).filter((type) => type === 'AllocationStopRequested'),
      [],
    );
    t.strictSame(unwanted(world), [undefined, undefined, undefined]);
    t.strictSame(world.live('j').slice(0, 2), others, 'both instances that were never replaced run on');

    const early = begun();
    early.submit('j', version(100), 'JobUpdated');
    t.strictSame(unwanted(early), [undefined, undefined, undefined], 'nothing was stopped yet');

    const late = begun();
    late.settle();
    late.submit('j', version(100), 'JobUpdated');
    t.strictSame(unwanted(late), ['job-updated', undefined, undefined], 'a stop that was requested is final');

    const corrected = begun();
    corrected.settle();
    corrected.report(corrected.live('j')[0]!, 'AllocationStopped');
    corrected.settle();
    corrected.submit('j', version(102), 'JobUpdated');
    corrected.submit('j', version(101), 'JobUpdated');
    t.equal(
      unwanted(corrected)[0],
      undefined,
      'a correction of a correction keeps the instance that was replaced',
    );
    t.match(
      of(corrected)!.groups[0]!.slots[1]!.allocation?.jobVersion,
      0,
      'and the others wait for their turn',
    );

    for (const [what, change] of [
      [
        'without update, all are replaced at once',
        (w: World) =>
          w.submit('j', job(group('main', { count: 3 }, { cpu: 103, memory: 100 })), 'JobUpdated'),
      ],
      ['a restart replaces all', (w: World) => w.submit('j', version(100), 'JobRestarted')],
    ] as const) {
      const all = begun();
      change(all);
      all.submit('j', version(100), 'JobUpdated');
      t.equal(unwanted(all)[0], 'job-updated', what);
      all.settle();
      for (const id of all.live('j')) all.report(id, 'AllocationStopped');
      all.settle();
      t.strictSame(unwanted(all), [undefined, undefined, undefined]);
    }

    const copy = restore([...recordsOf(world.state)]);
    t.strictSame([...recordsOf(copy)], [...recordsOf(world.state)]);
    const former = begun();
    const restored = restore([...recordsOf(former.state)]);
    t.strictSame(
      [...recordsOf(restored)],
      [...recordsOf(former.state)],
      'a snapshot knows the work of older instances',
    );
  },
);

void t.test('slots beyond the count are dropped once they have no allocation', async (t) => {
  const world = running(3);
  world.submit('j', job(group('main', { count: 1 })), 'JobUpdated');
  const slots = () => of(world)!.groups[0]!.slots.map((slot) => slot?.allocation !== undefined);
  t.strictSame(slots(), [true, true, true]);
  const [, second = '', third = ''] = world.live('j');
  world.report(second, 'AllocationStopped');
  world.settle();
  t.strictSame(slots(), [true, false, true]);
  t.equal(of(world)!.groups[0]!.slots[1], undefined);
  world.report(third, 'AllocationStopped');
  world.settle();
  t.strictSame(slots(), [true]);
});

void t.test('a group that is removed from a job remains while it has allocations', async (t) => {
  const world = new World().node('n');
  world.submit('j', job(group('holds'), group('empty', {}, { cpu: 1_000_000 }), group('stays')));
  world.settle();
  world.submit('j', job(group('stays')), 'JobUpdated');
  t.match(of(world)?.groups, [
    { name: 'stays' },
    { name: 'holds', specification: undefined, count: 0, since: 1, live: 1 },
  ]);
  t.equal(of(world)?.groups.length, 2);
});

void t.test('a blocked job stops waiting for capacity when it is updated or stopped', async (t) => {
  const large = () => group('main', {}, { cpu: 1_000_000 });
  for (const ask of [
    (world: World) => world.submit('j', job(), 'JobUpdated'),
    (world: World) => world.end('j'),
  ]) {
    const world = new World().node('n');
    world.submit('j', job(large()));
    world.settle();
    t.equal(world.state.agenda.waiting.size, 1);
    ask(world);
    t.equal(world.state.agenda.waiting.size, 0);
  }
});

void t.test('the data of a group is dropped once no job uses it', async (t) => {
  const world = running();
  const identity = of(world)!.groups[0]!.specification!;
  t.equal(
    world.state.shapes.take(
      identity.identity,
      () => t.fail('the cached data must not be computed again') as never,
      () => t.fail('the cached data must not be computed again') as never,
    ),
    identity,
  );
  world.state.shapes.drop(identity);
  world.end('j', 'JobDeleted');
  for (const id of world.live('j')) world.report(id, 'AllocationStopped');
  world.settle();
  for (const id of world.live('j')) world.report(id, 'AllocationStopped');
  world.settle();
  t.equal(of(world), undefined);
  let asked = false;
  const { identity: key, shape, ...data } = identity;
  world.state.shapes.take(
    key,
    () => {
      asked = true;
      return { identity: key, ...data };
    },
    () => shape.data,
  );
  t.ok(asked, 'the data has to be computed again');
});

void t.test(
  'an update replaces a limited number of slots at once, and more as its deployment advances',
  async (t) => {
    const rolled = (command: string, update: object | null = {}) =>
      job({
        ...group('main', { count: 3, ...(update && { update }) }),
        tasks: [{ name: 'task', driver: 'exec', config: { command } }],
      });
    const world = new World().node('n');
    world.submit('j', rolled('one'));
    world.settle();
    const stops = (): (string | undefined)[] =>
      [...world.state.allocations.values()].map(({ stopping }) => stopping);
    world.submit('j', rolled('two'), 'JobUpdated');
    world.settle();
    t.same(stops(), ['job-updated', undefined, undefined]);
    const further = (version: number, open: number) =>
      world.give({
        type: 'JobDeploymentAdvanced',
        data: { jobId: 'j', version, groups: [{ name: 'main', open }] },
      });
    further(0, 3);
    world.settle();
    t.same(stops(), ['job-updated', undefined, undefined], 'events of an older version are ignored');
    further(1, 2);
    world.settle();
    t.same(stops(), ['job-updated', 'job-updated', undefined]);

    world.submit('j', { ...rolled('two'), priority: 10 }, 'JobUpdated');
    world.settle();
    t.same(stops(), ['job-updated', 'job-updated', undefined], 'unchanged tasks stay in place');
    world.report([...world.state.allocations.values()][2]!.id, 'AllocationFailed');
    const placed = world.settle().filter(({ type }) => type === 'AllocationPlaced');
    t.match(
      placed,
      [{ data: { slot: 2, jobVersion: 3 + 1 } }],
      'an old allocation that ends leaves its slot to the new version',
    );
    world.submit('j', rolled('three', null), 'JobUpdated');
    world.settle();
    t.same(
      stops(),
      ['job-updated', 'job-updated', 'job-updated'],
      'without an update policy, all slots are replaced at once',
    );
  },
);

void t.test('an update of a complete job runs only what has not run', async (t) => {
  const world = new World().node('n');
  world.settle();
  const update = (count: number, completed?: Record<string, number>): readonly string[] => {
    world.give({
      type: 'JobUpdated',
      data: {
        jobId: 'j',
        evaluationId: world.nextEvaluation(),
        specification: job(group('main', { count })),
        ...(completed && { completed }),
      },
    });
    return world.settle().map(({ type }) => type);
  };
  t.strictSame(update(3, { main: 2 }), ['AllocationPlaced', 'EvaluationCompleted'], 'one more');
  t.match(of(world)?.groups, [{ slots: [{ outcome: 'complete' }, { outcome: 'complete' }, { version: 0 }] }]);
  world.end('j');
  world.settle();
  for (const id of world.state.allocations.keys()) world.report(id, 'AllocationStopped');
  world.settle();
  t.notOk(of(world));
  t.strictSame(update(1, { main: 1 }), ['EvaluationCompleted', 'JobFinished'], 'nothing is left to run');
  t.strictSame(update(2), ['AllocationPlaced', 'AllocationPlaced', 'EvaluationCompleted']);
});

void t.test('an update that the nodes are said to fulfil keeps a group where they do', async (t) => {
  for (const disk of ['ssd', 'hdd']) {
    const world = new World().node('n', { attributes: { disk } });
    world.submit('j', job(group('main', { count: 2, update: { max_parallel: 1 } })));
    world.settle();
    const constraints = [{ attribute: 'disk', operator: '=' as const, value: 'ssd' }];
    const specification = job(group('main', { count: 2, update: { max_parallel: 1 }, constraints }));
    world.give({
      type: 'JobUpdated',
      data: { jobId: 'j', evaluationId: 'e', specification, fulfilled: ['main'] },
    });
    const allocations = of(world)?.groups[0]?.slots.map((slot) => slot?.allocation) ?? [];
    t.equal(allocations.length, 2);
    for (const allocation of allocations)
      t.equal(unwantedBecause(allocation!), disk === 'ssd' ? undefined : 'job-updated', disk);
    t.equal(of(world)?.groups[0]?.since, disk === 'ssd' ? 0 : of(world)?.version);
  }
});
