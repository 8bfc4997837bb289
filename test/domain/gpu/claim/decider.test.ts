import fc from 'fast-check';
import t from 'tap';
import {
  CLAIM_REASONS,
  claimIdOf,
  claimOf,
  claims,
  gpuCount,
  gpusOf,
  jobIdOf,
  MAX_CLAIMS,
  reasonOf,
  specificationOf,
  type ClaimCommand,
  type ClaimEvent,
  type ClaimFacts,
} from '#domain/gpu/claim/index.js';
import { jobSpecification } from '#domain/jobs/job/specification.js';
import type { BlockedReason } from '#domain/scheduling/plan-log/events.js';
import { specify } from '../../kernel/event/decider-specification.js';

const id = (n: number): string => claimIdOf(`00000000-0000-5000-8000-${String(n).padStart(12, '0')}`);
const claimOfGpus = (n: number, gpuCount: number) => ({
  claimId: id(n),
  userId: 'u1',
  userNumber: 1,
  tenantId: 't1',
  image: 'busybox',
  gpuCount,
  cpu: 500,
  memory: 1024,
});
const claim = (n: number, gpuCount: number, quota: number | undefined = 4): ClaimCommand => ({
  kind: 'claim',
  claim: claimOfGpus(n, gpuCount),
  role: 'user',
  quota,
});
const release = (n: number): ClaimCommand => ({ kind: 'release', userId: 'u1', claimId: id(n) });
const end = (n: number): ClaimCommand => ({
  kind: 'end',
  userId: 'u1',
  claimId: id(n),
  outcome: 'succeeded',
});
const claimed = (n: number, gpuCount: number): ClaimEvent => ({
  type: 'GpuClaimed',
  data: claimOfGpus(n, gpuCount),
});
const released = (n: number): ClaimEvent => ({ type: 'GpuReleased', data: { claimId: id(n), userId: 'u1' } });
const ended = (n: number): ClaimEvent => ({
  type: 'GpuClaimEnded',
  data: { claimId: id(n), userId: 'u1', outcome: 'succeeded' },
});

const { given } = specify(claims);

void t.test('claims count against the quota until they are released or have ended', async (t) => {
  const [three, one] = [claimed(1, 3), claimed(2, 1)];
  given().when(claim(1, 3)).then(t, three);
  given(three).when(claim(2, 2)).refused(t, 'MUSTER_E_GPU_QUOTA');
  given(three).when(claim(2, 1)).then(t, one);
  given(three, one).when(claim(3, 1)).refused(t, 'MUSTER_E_GPU_QUOTA');
  given(three, one).when(release(1), claim(3, 3)).then(t, released(1), claimed(3, 3));
  given(three, one, released(1), claimed(3, 3)).when(end(3), claim(4, 3)).then(t, ended(3), claimed(4, 3));
});

void t.test('a claim is released or ends only once', async (t) => {
  given(claimed(1, 1)).when(release(1), release(1), end(1), release(9), end(9)).then(t, released(1));
  given(claimed(1, 1)).when(end(1), end(1), release(1)).then(t, ended(1));
});

void t.test(
  'a role without a quota may claim any number of GPUs, but hold only a limited number of claims',
  async (t) => {
    const ask = (n: number, gpus: number): ClaimCommand => ({
      kind: 'claim',
      claim: claimOfGpus(n, gpus),
      role: 'admin',
      quota: undefined,
    });
    const numbers = Array.from({ length: MAX_CLAIMS }, (_, n) => n);
    const held = numbers.map((n) => claimed(n, 1_000_000_000));
    given()
      .when(...numbers.map((n) => ask(n, 1_000_000_000)))
      .then(t, ...held);
    given(...held)
      .when(ask(MAX_CLAIMS, 1))
      .refused(t, 'MUSTER_E_FORBIDDEN');
  },
);

void t.test(
  'for any sequence of commands, held GPUs never exceed the quota and equal claimed minus released',
  async () => {
    const command = fc.oneof(
      fc
        .tuple(fc.nat(9), fc.integer({ min: 1, max: 5 }))
        .map(([n, gpus]) => ({ n, gpus, kind: 'claim' as const })),
      fc.nat(9).map((n) => ({ n, gpus: 0, kind: 'release' as const })),
      fc.nat(9).map((n) => ({ n, gpus: 0, kind: 'end' as const })),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), fc.integer({ min: 0, max: 8 }), (commands, quota) => {
        let made = 0;
        const asked = commands.map(({ kind, n, gpus }) =>
          kind === 'claim' ? claim((made += 1), gpus, quota) : kind === 'release' ? release(n) : end(n),
        );
        const { events, state } = given().when(...asked).outcome;
        let held = 0;
        const sizes = new Map<string, number>();
        for (const { type, data } of events) {
          if (type === 'GpuClaimed') sizes.set(data.claimId, data.gpuCount);
          held += type === 'GpuClaimed' ? data.gpuCount : -(sizes.get(data.claimId) ?? Number.NaN);
          if (type !== 'GpuClaimed') sizes.delete(data.claimId);
          if (!(held >= 0 && held <= quota)) throw new Error(`${held} of ${quota}`);
        }
        if (gpusOf(state) !== held) throw new Error(`the state holds ${gpusOf(state)}, the log ${held}`);
      }),
    );
  },
);

void t.test('the job id is derived from the claim id, and can be converted back', async (t) => {
  t.equal(claimOf(jobIdOf(id(1))), id(1));
  for (const foreign of [
    'gpu.',
    'gpu.claim-1',
    'claim-1',
    `task.${id(1)}`,
    `gpu.${id(1)}x`,
    `gpu.gpu.${id(1)}`,
  ])
    t.equal(claimOf(foreign), undefined, foreign);
});

void t.test('a claim runs one container, with CPU and memory in proportion to its GPUs', async (t) => {
  const specification = specificationOf(claimOfGpus(1, 3));
  t.match(jobSpecification.parse(specification), {
    task_groups: [
      {
        name: 'claim',
        lost: 'replace',
        tasks: [
          {
            name: 'main',
            driver: 'docker',
            config: { image: 'busybox', tty: true, open_stdin: true },
            resources: { cpu: 1500, memory: 3072, gpus: 3 },
          },
        ],
      },
    ],
  });
  t.ok(
    jobSpecification.safeParse(
      specificationOf({ ...claimOfGpus(1, 1_000_000_000), cpu: 1_000_000, memory: 1_000_000 }),
    ).success,
    'the largest possible claim is valid',
  );
});

void t.test(
  'the number of GPUs is a whole number of at least 1, and values of other types are refused',
  async (t) => {
    for (const good of [1, 2, 8, 1e9]) t.ok(gpuCount.safeParse(good).success, String(good));
    for (const bad of [0, -1, 1.5, '1', 1e10, null, undefined, true, [1], {}, Number.NaN, Infinity])
      t.notOk(gpuCount.safeParse(bad).success, JSON.stringify(bad));
  },
);

const BLOCKED: BlockedReason = {
  unplaced: 1,
  nodes: 2,
  filtered: {},
  exhausted: { gpus: 2 },
  short: { gpus: 1 },
};
const HELD: ClaimFacts = { standing: 'held', evaluated: true, blocked: null, placement: null, moved: null };

void t.test('the reason reported for a claim is the first that applies, in a fixed order', async (t) => {
  const cases: readonly (readonly [string, Partial<ClaimFacts>])[] = [
    ['NoNodeOnline', { blocked: { ...BLOCKED, nodes: 0, exhausted: {}, short: {} } }],
    [
      'NoNodeOnline',
      {
        blocked: { ...BLOCKED, filtered: { unschedulable: 2 }, exhausted: {}, short: {} },
        moved: 'NodeLost',
      },
    ],
    [
      'NoSuitableNode',
      {
        blocked: { ...BLOCKED, filtered: { unschedulable: 1, 'driver docker': 1 }, exhausted: {}, short: {} },
      },
    ],
    ['ExceedsClusterMax', { blocked: { ...BLOCKED, oversized: 2 } }],
    ['WaitingForGpu', { blocked: { ...BLOCKED, oversized: 1 } }],
    ['WaitingForGpu', { blocked: { ...BLOCKED, nodes: 1, exhausted: { gpus: 1 } } }],
    ['WaitingForResources', { blocked: { ...BLOCKED, exhausted: { memory: 2 }, short: { memory: 5 } } }],
    ['PendingEvaluation', { evaluated: false }],
    ['PendingEvaluation', {}],
    ['ImagePullFailed', { placement: { running: false, ending: 'image' }, moved: 'NodeLost' }],
    ['ImagePullFailed', { standing: 'failed', placement: { running: false, ending: 'image' } }],
    ['ContainerExited', { standing: 'succeeded', placement: { running: false, ending: 'exited' } }],
    [
      'ContainerExited',
      { standing: 'failed', placement: { running: false, ending: 'exited' }, moved: 'NodeLost' },
    ],
    ['NodeLost', { moved: 'NodeLost' }],
    ['NodeLost', { moved: 'NodeLost', placement: { running: true, ending: null } }],
    ['NodeDrained', { moved: 'NodeDrained', placement: { running: false, ending: null } }],
    ['GpuLost', { moved: 'GpuLost', placement: { running: false, ending: null } }],
    ['ContainerCreating', { placement: { running: false, ending: null } }],
    ['StartFailed', { standing: 'failed', placement: { running: false, ending: 'unstarted' } }],
    ['', { placement: { running: true, ending: null } }],
    ['', { standing: 'released', blocked: BLOCKED, moved: 'NodeLost' }],
  ];
  for (const [reason, facts] of cases)
    t.equal(reasonOf({ ...HELD, ...facts }), reason, JSON.stringify(facts));
  t.same(
    [...CLAIM_REASONS].sort(),
    [...new Set(cases.map(([reason]) => reason))].filter((reason) => reason !== '').sort(),
    'every reason occurs',
  );
});
