import fc from 'fast-check';
import t from 'tap';
import { CLAIM_REASONS, claimDecider, claimIdOf, claimOf, gpuCount, gpusOf, jobIdOf, MAX_CLAIMS, problemOfImage, imageReference, reasonOf, specificationOf, type ClaimCommand, type ClaimEvent, type ClaimFacts, type ClaimsState } from '#domain/claim/index.js';
import { isMusterError } from '#domain/errors/index.js';
import { EVENTS } from '#domain/event-types/index.js';
import type { Recorded } from '#domain/event/index.js';
import { jobSpecification } from '#domain/job/specification.js';
import { dockerDriver } from '#domain/drivers/docker/index.js';
import type { BlockedReason } from '#domain/plan-log/events.js';

const id = (n: number): string => claimIdOf(`00000000-0000-5000-8000-${String(n).padStart(12, '0')}`);
const claimOfGpus = (n: number, gpuCount: number) => ({ claimId: id(n), userId: 'u1', userNumber: 1, tenantId: 't1', image: 'busybox', gpuCount, cpu: 500, memory: 1024 });
const claim = (n: number, gpuCount: number, quota: number | undefined = 4): ClaimCommand => ({ kind: 'claim', claim: claimOfGpus(n, gpuCount), role: 'user', quota });
const release = (n: number): ClaimCommand => ({ kind: 'release', userId: 'u1', claimId: id(n) });
const end = (n: number): ClaimCommand => ({ kind: 'end', userId: 'u1', claimId: id(n), outcome: 'succeeded' });

class Account {
  state: ClaimsState = claimDecider.initialState;
  readonly events: ClaimEvent[] = [];

  /** Answers the code of its refusal. */
  does(command: ClaimCommand): string | undefined {
    try {
      for (const event of claimDecider.decide(command, this.state)) {
        EVENTS[event.type].schema.parse(event.data);
        this.events.push(event);
        this.state = claimDecider.evolve(this.state, event as Recorded<ClaimEvent>);
      }
      return undefined;
    } catch (error) {
      if (isMusterError(error)) return error.code;
      throw error;
    }
  }
}

void t.test('Claims count against the quota until they are released or have ended', async (t) => {
  const account = new Account();
  t.equal(account.does(claim(1, 3)), undefined);
  t.equal(account.does(claim(2, 2)), 'MUSTER_E_GPU_QUOTA');
  t.equal(account.does(claim(2, 1)), undefined);
  t.equal(account.does(claim(3, 1)), 'MUSTER_E_GPU_QUOTA');
  t.equal(account.does(release(1)), undefined);
  t.equal(account.does(claim(3, 3)), undefined);
  t.equal(account.does(end(3)), undefined);
  t.equal(account.does(claim(4, 3)), undefined);
  t.same(account.events.map(({ type }) => type), ['GpuClaimed', 'GpuClaimed', 'GpuReleased', 'GpuClaimed', 'GpuClaimEnded', 'GpuClaimed']);
});

void t.test('What was released or has ended is so once', async (t) => {
  const account = new Account();
  account.does(claim(1, 1));
  for (const command of [release(1), release(1), end(1), release(9), end(9)]) t.equal(account.does(command), undefined);
  t.same(account.events.map(({ type }) => type), ['GpuClaimed', 'GpuReleased']);
});

void t.test('A role without a bound may claim what it likes, but not without end', async (t) => {
  const account = new Account();
  for (let n = 0; n < MAX_CLAIMS; n += 1) t.equal(account.does({ kind: 'claim', claim: claimOfGpus(n, 1_000_000_000), role: 'admin', quota: undefined }), undefined);
  t.equal(account.does({ kind: 'claim', claim: claimOfGpus(MAX_CLAIMS, 1), role: 'admin', quota: undefined }), 'MUSTER_E_FORBIDDEN');
});

void t.test('Whatever is asked, in whatever order: held is never over the quota, and what is held is claimed minus given back', async () => {
  const command = fc.oneof(
    fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 5 })).map(([n, gpus]) => ({ n, gpus, kind: 'claim' as const })),
    fc.nat(9).map((n) => ({ n, gpus: 0, kind: 'release' as const })),
    fc.nat(9).map((n) => ({ n, gpus: 0, kind: 'end' as const })),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), fc.integer({ min: 0, max: 8 }), (commands, quota) => {
      const account = new Account();
      let made = 0;
      for (const { kind, n, gpus } of commands) account.does(kind === 'claim' ? claim((made += 1), gpus, quota) : kind === 'release' ? release(n) : end(n));
      let held = 0;
      const sizes = new Map<string, number>();
      for (const { type, data } of account.events) {
        if (type === 'GpuClaimed') sizes.set(data.claimId, data.gpuCount);
        held += type === 'GpuClaimed' ? data.gpuCount : -(sizes.get(data.claimId) ?? Number.NaN);
        if (type !== 'GpuClaimed') sizes.delete(data.claimId);
        if (!(held >= 0 && held <= quota)) throw new Error(`${held} of ${quota}`);
      }
      if (gpusOf(account.state) !== held) throw new Error(`the state holds ${gpusOf(account.state)}, the log ${held}`);
    }),
  );
});

void t.test('A claim and its job name each other', async (t) => {
  t.equal(claimOf(jobIdOf(id(1))), id(1));
  for (const foreign of ['gpu.', 'gpu.claim-1', 'claim-1', `task.${id(1)}`, `gpu.${id(1)}x`, `gpu.gpu.${id(1)}`]) t.equal(claimOf(foreign), undefined, foreign);
});

void t.test('A claim is one container with cpu and memory for each of its GPUs', async (t) => {
  const specification = specificationOf(claimOfGpus(1, 3));
  t.match(jobSpecification.parse(specification), { task_groups: [{ name: 'claim', lost: 'replace', tasks: [{ name: 'main', driver: 'docker', config: { image: 'busybox', tty: true, open_stdin: true }, resources: { cpu: 1500, memory: 3072, gpus: 3 } }] }] });
  t.ok(jobSpecification.safeParse(specificationOf({ ...claimOfGpus(1, 1_000_000_000), cpu: 1_000_000, memory: 1_000_000 })).success, 'also of the most that can be asked');
});

void t.test('A number of GPUs is a whole number from 1 on, and nothing that only looks like one', async (t) => {
  for (const good of [1, 2, 8, 1e9]) t.ok(gpuCount.safeParse(good).success, String(good));
  for (const bad of [0, -1, 1.5, '1', 1e10, null, undefined, true, [1], {}, Number.NaN, Infinity]) t.notOk(gpuCount.safeParse(bad).success, JSON.stringify(bad));
});

void t.test('References of images are what Docker takes them to be', async (t) => {
  const good = [
    'busybox',
    'nvidia/cuda:11.8.0-base-ubuntu22.04',
    'registry.example.com:5000/team/image_x__y--z.w:v1.0_A-b',
    'localhost/a',
    'localhost:5000/a:b',
    'UPPER.example/a',
    `a@sha256:${'0'.repeat(64)}`,
    `ghcr.io/a/b:tag@sha256:${'a'.repeat(64)}`,
    '1/2/3',
    'busybox:_',
    `${'a'.repeat(255)}`,
  ];
  const bad = [
    ...['', ' ', 'a b', 'A', 'a/B', '-a', 'a-', '.a', 'a.', 'a..b', 'a___b', 'a/', '/a', 'a//b', 'a:', ':a', 'a:b:c', 'a:.b', 'a@', '@a', 'a@sha256', 'a@sha256:abc', `a@sha256:${'A'.repeat(64)}`, 'a@b@c'],
    ...['http://a/b', 'https://a', '../etc', '../../a', 'a/../b', 'a\n', '\na', 'a\0', 'a;rm -rf /', '$(a)', '`a`', 'a|b', 'a&b', "a'b", 'a"b', '-v', '--privileged', 'a?b', 'a#b', 'a%20b', 'é', '用户', 'а', '😀', 'a\u202eb', '\ufeffa', '__proto__', 'constructor/'],
    ...['[::1]:5000/a', 'host:port/a', 'host:123456/a', '-host.x/a', 'host-.x/a', 'f'.repeat(64), 'a'.repeat(256), `a:${'b'.repeat(129)}`, 'a'.repeat(100_000)],
  ];
  for (const text of good) t.ok(imageReference.safeParse(text).success, `${text}: ${problemOfImage(text) ?? ''}`);
  for (const text of bad) t.notOk(imageReference.safeParse(text).success, JSON.stringify(text.slice(0, 80)));
});

void t.test('What is a reference to us is one to a job, and nothing takes long to refuse', async () => {
  const piece = fc.constantFrom('a', 'A', '0', '-', '--', '_', '__', '.', '/', ':', '@', 'sha256:', 'localhost', 'f'.repeat(64), ' ', '\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), (text) => {
      if (!imageReference.safeParse(text).success) return;
      if (!dockerDriver.config.safeParse({ image: text }).success) throw new Error(text);
    }),
  );
  const hostile = ['a-'.repeat(200), 'a.'.repeat(200), `${'a-'.repeat(120)}!`, `${'a.'.repeat(120)}b:99999999/c`, `${'a-'.repeat(250)}.x/y`];
  for (const text of hostile) problemOfImage(text);
});

const BLOCKED: BlockedReason = { unplaced: 1, nodes: 2, filtered: {}, exhausted: { gpus: 2 }, short: { gpus: 1 } };
const HELD: ClaimFacts = { standing: 'held', evaluated: true, blocked: null, placement: null, moved: null };

void t.test('A reason is the first that holds, in one order', async (t) => {
  const cases: readonly (readonly [string, Partial<ClaimFacts>])[] = [
    ['NoNodeOnline', { blocked: { ...BLOCKED, nodes: 0, exhausted: {}, short: {} } }],
    ['NoNodeOnline', { blocked: { ...BLOCKED, filtered: { unschedulable: 2 }, exhausted: {}, short: {} }, moved: 'NodeLost' }],
    ['NoSuitableNode', { blocked: { ...BLOCKED, filtered: { unschedulable: 1, 'driver docker': 1 }, exhausted: {}, short: {} } }],
    ['ExceedsClusterMax', { blocked: { ...BLOCKED, oversized: 2 } }],
    ['WaitingForGpu', { blocked: { ...BLOCKED, oversized: 1 } }],
    ['WaitingForResources', { blocked: { ...BLOCKED, exhausted: { memory: 2 }, short: { memory: 5 } } }],
    ['PendingEvaluation', { evaluated: false }],
    ['PendingEvaluation', {}],
    ['ImagePullFailed', { placement: { running: false, ending: 'image' }, moved: 'NodeLost' }],
    ['ImagePullFailed', { standing: 'failed', placement: { running: false, ending: 'image' } }],
    ['ContainerExited', { standing: 'succeeded', placement: { running: false, ending: 'exited' } }],
    ['ContainerExited', { standing: 'failed', placement: { running: false, ending: 'exited' }, moved: 'NodeLost' }],
    ['NodeLost', { moved: 'NodeLost' }],
    ['NodeLost', { moved: 'NodeLost', placement: { running: true, ending: null } }],
    ['NodeDrained', { moved: 'NodeDrained', placement: { running: false, ending: null } }],
    ['ContainerCreating', { placement: { running: false, ending: null } }],
    ['StartFailed', { standing: 'failed', placement: { running: false, ending: 'unstarted' } }],
    ['', { placement: { running: true, ending: null } }],
    ['', { standing: 'released', blocked: BLOCKED, moved: 'NodeLost' }],
  ];
  for (const [reason, facts] of cases) t.equal(reasonOf({ ...HELD, ...facts }), reason, JSON.stringify(facts));
  t.same([...CLAIM_REASONS].sort(), [...new Set(cases.map(([reason]) => reason))].filter((reason) => reason !== '').sort(), 'each of them can be told');
});
