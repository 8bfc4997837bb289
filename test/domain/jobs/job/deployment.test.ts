import fc from 'fast-check';
import t from 'tap';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import type { JobEvent, JobOwner } from '#domain/jobs/job/events.js';
import type { GroupUpdate, JobSpecification } from '#domain/jobs/job/specification.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(jobs);
const jobId = 'j1';
const UPDATE: GroupUpdate = {
  max_parallel: 1,
  min_healthy_seconds: 1,
  progress_deadline_seconds: 60,
  auto_revert: true,
};

const four = (command: string, update: GroupUpdate | undefined = UPDATE, count = 4): JobSpecification => ({
  task_groups: [
    {
      name: 'web',
      count,
      ...(update && { update }),
      tasks: [{ name: 'main', driver: 'exec', config: { command } }],
    },
  ],
});
const submit = (specification: JobSpecification, owner?: JobOwner): JobCommand => ({
  kind: 'submit',
  jobId,
  evaluationId: 'e',
  specification,
  ...(owner && { owner }),
});
const complete = (version: number): JobCommand => ({
  kind: 'settleDeployment',
  jobId,
  version,
  outcome: 'completed',
  reason: { code: 'healthy', message: 'All are healthy.' },
  evaluationId: 'r',
});
const fail = (version: number, former?: JobSpecification): JobCommand => ({
  kind: 'settleDeployment',
  jobId,
  version,
  outcome: 'failed',
  reason: { code: 'failed', message: 'An instance failed: exit 1' },
  failed: 'web',
  former,
  evaluationId: 'r',
});
const advance = (version: number, healthy: number): JobCommand => ({
  kind: 'advanceDeployment',
  jobId,
  version,
  healthy: [{ name: 'web', healthy }],
});
const stop: JobCommand = { kind: 'stop', jobId, evaluationId: 's' };

const openIn = (state: JobState): number[] =>
  state.kind === 'present' ? (state.rollout?.groups.map(({ open }) => open) ?? []) : [];
const begun = (events: readonly JobEvent[]) =>
  events.findLast((event) => event.type === 'JobDeploymentStarted')?.data;

void t.test(
  'the first version gets a deployment of all slots, unless the job has an owner or no update policy',
  async (t) => {
    const { events } = given().when(submit(four('a'))).outcome;
    t.same(
      events.map(({ type }) => type),
      ['JobSubmitted', 'JobDeploymentStarted'],
    );
    t.match(begun(events), {
      former: null,
      groups: [{ name: 'web', count: 4, open: 4, maxParallel: 1, minHealthySeconds: 1, autoRevert: true }],
    });
    given()
      .when(submit({ task_groups: [{ name: 'web', tasks: four('a').task_groups[0]!.tasks }] }))
      .thenTypes(t, 'JobSubmitted');
    given()
      .when(submit(four('a'), { surface: 'services', tenant: 't', principal: 'p' }))
      .thenTypes(t, 'JobSubmitted');
  },
);

void t.test(
  'an update starts a deployment only if it changes tasks, and initially opens max_parallel slots',
  async (t) => {
    const past = [submit(four('a')), complete(0)];
    const { events, state } = given().when(...past, submit(four('b'))).outcome;
    t.match(begun(events), { former: 0, groups: [{ open: 1, count: 4 }] });
    t.same(openIn(state), [1]);
    for (const same of [
      four('a', UPDATE, 6),
      { ...four('a'), priority: 10 },
      four('a', { ...UPDATE, max_parallel: 3 }),
    ])
      given()
        .when(...past, submit(same))
        .thenTypes(t, 'JobSubmitted', 'JobDeploymentStarted', 'JobDeploymentSettled', 'JobUpdated');
  },
);

void t.test(
  'each instance that becomes healthy opens one more slot, so that at most max_parallel are being replaced',
  async (t) => {
    const past = [
      submit(four('a', { max_parallel: 2 })),
      complete(0),
      submit(four('b', { max_parallel: 2 })),
    ];
    const opened = (...healthy: number[]): number[] =>
      openIn(given().when(...past, ...healthy.map((each) => advance(3, each))).outcome.state);
    t.same(opened(), [2]);
    t.same(opened(0), [2]);
    t.same(opened(1), [3]);
    t.same(opened(1, 1, 1), [3]);
    t.same(opened(4), [4], 'only instances in open slots can be healthy');
    t.same(opened(2, 0), [4], 'an open slot stays open');
    t.same(
      openIn(given().when(...past, advance(0, 4)).outcome.state),
      [2],
      'health of another version opens no slot',
    );
  },
);

void t.test('a newer version, a stop or a deletion ends an active deployment', async (t) => {
  const cases = [
    [submit(four('b')), 'superseded'],
    [stop, 'stopped'],
    [{ kind: 'delete', jobId, evaluationId: 'd' }, 'deleted'],
  ] as const;
  for (const [command, code] of cases) {
    const { events } = given().when(submit(four('a')), command).outcome;
    t.match(events[2], {
      type: 'JobDeploymentSettled',
      data: { version: 0, outcome: 'cancelled', reason: { code } },
    });
  }
});

void t.test('a version that changes no tasks continues an unfinished deployment', async (t) => {
  const past = [submit(four('a')), complete(0), submit(four('b')), advance(3, 1)];
  t.match(begun(given().when(...past, submit({ ...four('b'), priority: 10 })).outcome.events), {
    former: 0,
    groups: [{ open: 2, count: 4 }],
  });
  t.match(
    begun(given().when(...past, fail(3), submit(four('b', UPDATE, 6))).outcome.events),
    { groups: [{ open: 2, count: 6 }] },
    'a failed deployment is continued as well',
  );
});

void t.test('a failed version is rolled back to the last completed one, once', async (t) => {
  const past = [submit(four('a')), complete(0), submit(four('b'))];
  const { events, state } = given().when(...past, fail(3, four('a'))).outcome;
  t.match(events.slice(-3), [
    { type: 'JobDeploymentSettled', data: { version: 3, outcome: 'failed' } },
    { type: 'JobUpdated', data: { from: 0, specification: four('a'), evaluationId: 'r' } },
    { type: 'JobDeploymentStarted', data: { former: 0, reverts: 3, groups: [{ open: 1 }] } },
  ]);
  t.match(state, { version: 6, rollout: { reverts: 3 }, stable: 0 });
  given()
    .when(...past, fail(3, four('a')), fail(6, four('a')))
    .thenTypes(
      t,
      ...([
        'JobSubmitted',
        'JobDeploymentStarted',
        'JobDeploymentSettled',
        'JobUpdated',
        'JobDeploymentStarted',
      ] as const),
      ...(['JobDeploymentSettled', 'JobUpdated', 'JobDeploymentStarted', 'JobDeploymentSettled'] as const),
    );
});

void t.test(
  'a failed version is not rolled back if auto-revert is off or no other version can be restored',
  async (t) => {
    const kept = (...commands: readonly JobCommand[]): string | undefined =>
      given()
        .when(...commands)
        .outcome.events.at(-1)?.type;
    const alone = { ...UPDATE, auto_revert: false };
    t.equal(
      kept(submit(four('a', alone)), complete(0), submit(four('b', alone)), fail(3, four('a', alone))),
      'JobDeploymentSettled',
    );
    t.equal(kept(submit(four('a')), fail(0)), 'JobDeploymentSettled');
    t.equal(
      kept(
        submit(four('a')),
        complete(0),
        stop,
        { kind: 'restart', jobId, evaluationId: 'x' },
        fail(4, four('a')),
      ),
      'JobDeploymentSettled',
    );
  },
);

void t.test('a rollback restores the newest version with the same tasks as the completed one', async (t) => {
  const { events } = given().when(
    submit(four('a')),
    complete(0),
    submit(four('a', UPDATE, 6)),
    submit(four('b')),
  ).outcome;
  t.match(begun(events), { former: 3 });
  const bare = { task_groups: [{ name: 'web', tasks: four('c').task_groups[0]!.tasks }] };
  t.match(
    begun(given().when(submit(four('a')), complete(0), submit(bare), submit(four('b'))).outcome.events),
    { former: 0 },
    'a version with different tasks is not used',
  );
});

void t.test(
  'at most one deployment is active, always of the newest version, and a rollback is never rolled back',
  async () => {
    const version = fc.nat(12);
    const command: fc.Arbitrary<JobCommand> = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('a', 'b'),
          fc.constantFrom(UPDATE, undefined, { max_parallel: 2 }),
          fc.constantFrom(2, 5),
        )
        .map((each) => submit(four(...each))),
      fc.tuple(version, fc.nat(5)).map((each) => advance(...each)),
      version.map(complete),
      fc
        .tuple(version, fc.option(fc.constantFrom(four('a'), four('b')), { nil: undefined }))
        .map((each) => fail(...each)),
      fc.constant(stop),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { events, state } = given().when(...commands.slice(0, 1), ...commands.slice(1)).outcome;
        let going = 0;
        let returned = false;
        for (const event of events) {
          if (event.type === 'JobDeploymentStarted') {
            going += 1;
            if (event.data.reverts !== undefined && returned) throw new Error('a rollback was rolled back');
            returned = event.data.reverts !== undefined;
          }
          if (event.type === 'JobDeploymentSettled') going -= 1;
          if (going > 1 || going < 0) throw new Error(`${going} deployments are active`);
        }
        if (
          state.kind === 'present' &&
          state.rollout !== undefined &&
          state.rollout.version !== state.version
        )
          throw new Error('the deployment is of an older version');
      }),
      { numRuns: 300 },
    );
  },
);
