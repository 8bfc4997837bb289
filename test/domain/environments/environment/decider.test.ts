import t from 'tap';
import type { Lock } from '#domain/drivers/conda/index.js';
import {
  environments,
  MAX_OPEN_BUILDS,
  specificationOf,
  unremovablePackages,
  currentOf,
  type BuildEnd,
  type EnvironmentChange,
  type EnvironmentCommand,
  type EnvironmentEvent,
  type EnvironmentState,
  type PresentEnvironment,
} from '#domain/environments/environment/index.js';
import { requestedAfter } from '#domain/environments/environment/change.js';
import { specify } from '../../kernel/event/decider-specification.js';

const ID = '11111111-1111-4111-8111-111111111111';
const ENVIRONMENT = {
  environmentId: ID,
  tenantId: 'tenant',
  createdBy: 'ann',
  name: 'data',
  nameReservation: 'r',
};
const { given } = specify(environments);

const create: EnvironmentChange = { kind: 'create', specs: ['python'], pip: [] };
const install = (...specs: string[]): EnvironmentCommand => ({
  kind: 'change',
  change: { kind: 'install', specs },
  requestedBy: 'bob',
});
const hash = (number: number): string => number.toString(16).padStart(64, '0');
const lockOf = (...names: string[]): Lock => ({
  version: 1,
  platform: 'linux-64',
  python: '3.11.2',
  channels: ['https://c.example'],
  pip: [],
  packages: names.map((name) => ({
    name,
    version: '1',
    build: '0',
    channel: 0,
    subdir: 'noarch',
    sha256: hash(1),
    size: 1,
  })),
});
const end = (number: number, ...names: string[]): BuildEnd => ({
  outcome: 'built',
  backend: 'rattler',
  hash: hash(number),
  lock: lockOf(...names),
  disk: 10,
  took: { solve: 1, build: 1 },
});
const settle = (build: number, what: BuildEnd = end(build, 'python'), keep = 10): EnvironmentCommand => ({
  kind: 'settle',
  build,
  end: what,
  keep,
  seen: { worker: 'n1', resultAt: 3 },
});
const failure: Extract<BuildEnd, { outcome: 'failed' }> = {
  outcome: 'failed',
  step: 'solve',
  failed: [{ name: 'nope', why: 'not_found' }],
};

const CREATED: readonly EnvironmentEvent[] = [
  { type: 'EnvironmentCreated', data: ENVIRONMENT },
  {
    type: 'EnvironmentBuildRequested',
    data: { environmentId: ID, tenantId: 'tenant', build: 1, change: create, requestedBy: 'ann', behind: [] },
  },
];
const present = (state: EnvironmentState): PresentEnvironment => {
  if (state.kind !== 'present') throw new Error('the environment is not there');
  return state;
};
const of = (generations: number, keep?: number) => {
  const builds = Array.from({ length: generations - 1 }, (_, index) => [
    install(`p${index + 2}`),
    settle(index + 2, undefined, keep),
  ]).flat();
  return given(...CREATED, ...given(...CREATED).when(settle(1, undefined, keep), ...builds).outcome.events);
};

void t.test('an environment is created once, with its first build', async (t) => {
  const made: EnvironmentCommand = { kind: 'create', environment: ENVIRONMENT, change: create };
  given()
    .when(made, made)
    .then(t, ...CREATED);
  given().when(install('numpy')).refused(t, 'MUSTER_E_ENVIRONMENT_NOT_FOUND');
});

void t.test(
  'a completed build becomes the current generation, and adds its packages to those requested earlier',
  async (t) => {
    const state = present(
      given(...CREATED).when(
        settle(1),
        install('numpy=1'),
        settle(2),
        install('numpy=2', 'pandas'),
        settle(3),
      ).outcome.state,
    );
    t.same(currentOf(state)?.wanted, { specs: ['python', 'numpy=2', 'pandas'], pip: [] });
    t.equal(state.current, 3);
    t.same(
      state.generations.map(({ number, wanted }) => [number, wanted.specs.length]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    const removed: EnvironmentChange = { kind: 'remove', names: ['NumPy'] };
    const after = present(
      of(2).when({ kind: 'change', change: removed, requestedBy: 'bob' }, settle(3)).outcome.state,
    );
    t.same(currentOf(after)?.wanted.specs, ['python', 'p2'], 'removing an unrequested package has no effect');
  },
);

void t.test(
  'a failed build leaves the environment unchanged, and a failed first build deletes it',
  async (t) => {
    const failed = {
      environmentId: ID,
      step: 'solve' as const,
      failed: [...failure.failed],
      worker: 'n1',
      resultAt: 3,
    };
    given(...CREATED)
      .when(settle(1, failure))
      .then(
        t,
        { type: 'EnvironmentBuildFailed', data: { ...failed, build: 1 } },
        { type: 'EnvironmentDeleted', data: { environmentId: ID, reason: 'not_built' } },
      );
    const before = present(of(2).state);
    const after = present(of(2).when(install('nope'), settle(3, failure)).outcome.state);
    t.same({ ...after, newestBuild: 2 }, before);
    given(...CREATED)
      .when(install('nope'), settle(1, failure))
      .thenTypes(t, 'EnvironmentBuildRequested', 'EnvironmentBuildFailed');
  },
);

void t.test(
  'a failed change reports only the requested packages, or all conflicting ones if none was requested',
  async (t) => {
    const failed = [
      { name: 'P2', why: 'conflict' as const },
      { name: 'Rival_x', why: 'conflict' as const },
    ];
    const told = (...asked: string[]) =>
      of(2)
        .when(install(...asked), settle(3, { ...failure, failed }))
        .outcome.events.at(-1)?.data;
    t.match(told('rival-x>=2'), { failed: [{ name: 'Rival_x' }] });
    t.equal((told('rival-x') as { failed: unknown[] }).failed.length, 1);
    t.equal((told('other') as { failed: unknown[] }).failed.length, 2, 'all are named if none was requested');
  },
);

void t.test(
  'builds are settled once each and in order, and the number of open builds is limited',
  async (t) => {
    of(1)
      .when(install('a'), install('b'), settle(3))
      .thenTypes(t, 'EnvironmentBuildRequested', 'EnvironmentBuildRequested');
    of(1)
      .when(install('a'), settle(2), settle(2), settle(1))
      .thenTypes(t, 'EnvironmentBuildRequested', 'EnvironmentBuilt');
    const many = Array.from({ length: MAX_OPEN_BUILDS + 1 }, () => install('a'));
    of(1)
      .when(...many)
      .refused(t, 'MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS');
  },
);

void t.test('a cancelled build is over, and later reports of its job are ignored', async (t) => {
  const cancel = (build: number): EnvironmentCommand => ({ kind: 'cancelBuild', build });
  of(1)
    .when(install('a'), cancel(2), settle(2))
    .thenTypes(t, 'EnvironmentBuildRequested', 'EnvironmentBuildCancelled');
  given(...CREATED)
    .when(cancel(1))
    .thenTypes(t, 'EnvironmentBuildCancelled', 'EnvironmentDeleted');
  of(1).when(cancel(1)).refused(t, 'MUSTER_E_ENVIRONMENT_BUILD_ENDED');
  of(1).when(cancel(2)).refused(t, 'MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND');
});

void t.test('a limited number of generations is retained for rollbacks', async (t) => {
  const numbers = (generations: number, keep: number) =>
    present(of(generations, keep).state).generations.map(({ number }) => number);
  t.same(numbers(3, 10), [1, 2, 3]);
  t.same(numbers(3, 3), [1, 2, 3]);
  t.same(numbers(4, 3), [2, 3, 4]);
  t.same(numbers(3, 1), [3]);
  const back = (generation: number): EnvironmentCommand => ({
    kind: 'rollBack',
    generation,
    requestedBy: 'bob',
  });
  of(3, 3)
    .when(back(1), back(1))
    .then(t, {
      type: 'EnvironmentRolledBack',
      data: { environmentId: ID, generation: 1, before: 3, requestedBy: 'bob' },
    });
  of(4, 3).when(back(1)).refused(t, 'MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND');
  t.same(
    currentOf(present(of(3).when(back(2), install('z'), settle(4)).outcome.state))?.wanted.specs,
    ['python', 'p2', 'z'],
    'the next build starts from the restored generation',
  );
});

void t.test(
  'an environment that a task uses cannot be deleted, and a deletion cancels the open builds',
  async (t) => {
    const remove = (...ended: number[]): EnvironmentCommand => ({ kind: 'delete', ended });
    const refer = (taskId: number): EnvironmentCommand => ({ kind: 'refer', taskId });
    of(1).when(refer(7), refer(7), remove()).refused(t, 'MUSTER_E_ENVIRONMENT_REFERENCED');
    of(1).when(refer(7), refer(8), remove(7)).refused(t, 'MUSTER_E_ENVIRONMENT_REFERENCED');
    of(1).when(refer(7), remove(7)).thenTypes(t, 'EnvironmentReferred', 'EnvironmentDeleted');
    of(1)
      .when(refer(7), { kind: 'letGo', taskIds: [7, 9] }, remove())
      .thenTypes(t, 'EnvironmentReferred', 'EnvironmentLetGo', 'EnvironmentDeleted');
    of(1)
      .when(install('a'), remove(), settle(2))
      .thenTypes(t, 'EnvironmentBuildRequested', 'EnvironmentBuildCancelled', 'EnvironmentDeleted');
    of(1).when(remove(), refer(7)).refused(t, 'MUSTER_E_ENVIRONMENT_NOT_FOUND');
  },
);

void t.test('a package cannot be removed if others need it or it is not installed', async (t) => {
  const built = present(given(...CREATED).when(settle(1, end(1, 'python', 'openssl'))).outcome.state);
  t.same(unremovablePackages(currentOf(built), ['Python', 'openssl', 'numpy']), [
    { name: 'openssl', why: 'conflict' },
    { name: 'numpy', why: 'not_installed' },
  ]);
});

void t.test(
  'a build is based on the generation that is current when it begins, and the first build on none',
  async (t) => {
    const first = present(given(...CREATED).state);
    const [build] = first.builds;
    t.match(build && specificationOf(first, build).task_groups[0]?.tasks[0], {
      driver: 'conda',
      config: { action: 'build', specs: ['python'], base: undefined, tenant: 'tenant' },
    });
    const later = present(of(2).when(install('z')).outcome.state);
    const [next] = later.builds;
    t.match(next && specificationOf(later, next).task_groups[0]?.tasks[0], {
      config: { specs: ['python', 'p2', 'z'], base: lockOf('python') },
    });
  },
);

void t.test('the end of its owner cancels the builds of an environment, or hands it over', async (t) => {
  const ended = (userId: string, heir?: string): EnvironmentCommand => ({
    kind: 'ownerEnded',
    end: { how: 'erased', userId, ...(heir !== undefined && { heir }) },
  });
  const cancelled = (build: number): EnvironmentEvent => ({
    type: 'EnvironmentBuildCancelled',
    data: { environmentId: ID, build, reason: 'requested', because: 'erased' },
  });
  of(1)
    .when(install('a'), install('b'), ended('ann'))
    .thenTypes(
      t,
      'EnvironmentBuildRequested',
      'EnvironmentBuildRequested',
      'EnvironmentBuildCancelled',
      'EnvironmentBuildCancelled',
    );
  given(...CREATED)
    .when(ended('ann'))
    .then(t, cancelled(1), {
      type: 'EnvironmentDeleted',
      data: { environmentId: ID, reason: 'not_built' },
    });
  of(1).when(ended('ann')).then(t);
  of(1).when(ended('bob')).then(t);
  of(1)
    .when(ended('ann', 'bob'), ended('ann', 'eve'))
    .then(t, {
      type: 'EnvironmentOwnerChanged',
      data: { environmentId: ID, ownerId: 'bob', because: 'erased' },
    });
});

void t.test("a request replaces only that for the same package, by conda's names or by pip's", async (t) => {
  const before = { specs: ['importlib-metadata>=7', 'NumPy=1'], pip: ['ruamel.yaml==1'] };
  t.same(requestedAfter(before, { kind: 'install', specs: ['importlib_metadata', 'numpy=2'] }), {
    ...before,
    specs: ['importlib-metadata>=7', 'importlib_metadata', 'numpy=2'],
  });
  t.same(requestedAfter(before, { kind: 'require', pip: ['ruamel-yaml==2'] }), {
    ...before,
    pip: ['ruamel-yaml==2'],
  });
  t.same(requestedAfter(before, { kind: 'remove', names: ['importlib_metadata', 'Ruamel_YAML', 'numpy'] }), {
    specs: ['importlib-metadata>=7'],
    pip: [],
  });
});
