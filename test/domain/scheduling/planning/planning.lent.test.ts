import t from 'tap';
import { NO_QUOTAS, quotaMessage, type DefaultLimits } from '#domain/accounts/quota/index.js';
import { specificationOf as claimSpecification } from '#domain/gpu/claim/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { recordsOf, restore, type SnapshotRecord } from '#domain/scheduling/index.js';
import { specificationOf as runSpecification, type TaskDefinition } from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { group, job, World } from '../world.js';

const UNLIMITED_TENANTS: DefaultLimits = { ...NO_QUOTAS, selfRegistered: '75%' };
const SHARES: DefaultLimits = {
  ...UNLIMITED_TENANTS,
  slots: { tenant: '75%', account: 'unlimited' },
  cpu: { tenant: '75%', account: 'unlimited' },
  memory: { tenant: '75%', account: 'unlimited' },
};
const NODE = { cpu: 1000, memory: 1000, slots: 10, gpus: 4 };
const DRIVERS = ['exec', 'docker', 'http', 'conda'];
const CALL: TaskDefinition['work'] = {
  executor: 'http',
  url: 'https://example.com/',
  method: 'GET',
  headers: [],
  bodyPieces: 0,
};

function cluster(quotas = SHARES, resources: Record<string, number> = NODE): World {
  const world = new World();
  world.quotas = quotas;
  world.node('n', { resources, drivers: DRIVERS });
  world.settle();
  return world;
}

interface Kind {
  readonly surface: JobOwner['surface'];
  readonly specification: (cpu: number) => JobSpecification;
}

const runOf =
  (definition: Partial<TaskDefinition>): Kind['specification'] =>
  (cpu) =>
    runSpecification(
      {
        run: 1,
        trigger: 'manual',
        slot: null,
        attempt: 1,
        lost: 0,
        dueAt: 0,
        definedAt: 0,
        definition: plainTask({ ...definition, resources: { cpu, memory: 1 } }),
      },
      { taskId: 7, tenantId: 'acme' },
    );
const groupOf =
  (policies: Partial<TaskGroup>, limits: { readonly max_run_seconds?: number } = {}): Kind['specification'] =>
  (cpu) => {
    const made = group('run', policies, { cpu, memory: 1 });
    return job({ ...made, tasks: made.tasks.map((task) => ({ ...task, ...limits })) });
  };

/** Every kind of work of an account that may hold what it has for longer than work may be lent. */
const LASTING: Readonly<Record<string, Kind>> = {
  'a service': {
    surface: 'services',
    specification: groupOf({ restart: { attempts: 3, delay: 1, mode: 'delay' } }),
  },
  'a GPU claim': {
    surface: 'gpu',
    specification: (cpu) =>
      claimSpecification({
        claimId: 'c',
        userId: 'u',
        userNumber: 1,
        tenantId: 't',
        image: 'x',
        gpuCount: 1,
        cpu,
        memory: 1,
      }),
  },
  'a shell task without a time limit': { surface: 'tasks', specification: runOf({ timeoutSeconds: 0 }) },
  'a shell task of seven days': { surface: 'tasks', specification: runOf({ timeoutSeconds: 604_800 }) },
  'a shell task just above the limit': { surface: 'tasks', specification: runOf({ timeoutSeconds: 301 }) },
  'a call without a time limit': {
    surface: 'tasks',
    specification: runOf({ work: CALL, timeoutSeconds: 0 }),
  },
  'a call of an hour': { surface: 'tasks', specification: runOf({ work: CALL, timeoutSeconds: 3600 }) },
  'a build of an environment': {
    surface: 'conda',
    specification: groupOf({ restart: { attempts: 0, delay: 0, mode: 'fail' } }, { max_run_seconds: 3600 }),
  },
  'a short task that is restarted': {
    surface: 'services',
    specification: groupOf({ restart: { attempts: 1, delay: 0, mode: 'fail' } }, { max_run_seconds: 60 }),
  },
  'a short task that is rescheduled': {
    surface: 'services',
    specification: groupOf(
      { reschedule: { interval: 60, delay: 5, delay_function: 'constant' } as TaskGroup['reschedule'] },
      { max_run_seconds: 60 },
    ),
  },
};

const SHORT: Readonly<Record<string, Kind>> = {
  'a shell task of five minutes': { surface: 'tasks', specification: runOf({ timeoutSeconds: 300 }) },
  'a call of a minute': { surface: 'tasks', specification: runOf({ work: CALL, timeoutSeconds: 60 }) },
  'a group with a time limit': { surface: 'services', specification: groupOf({}, { max_run_seconds: 60 }) },
};

let made = 0;
function submit(world: World, { surface, specification }: Kind, cpu: number, tenant = 'mallory'): string {
  const id = `task.${(made += 1)}.1`;
  const owner = { surface, tenant, principal: `${tenant}-user` };
  world.submit(id, specification(cpu), 'JobSubmitted', owner);
  world.settle();
  return id;
}

const isPlaced = (world: World, id: string): boolean => world.live(id).length > 0;
const quotaOf = (world: World, id: string) =>
  Object.values(world.state.jobs.get(id)?.blocked?.reasons ?? {})[0]?.quota;
const bobs = SHORT['a shell task of five minutes']!;

for (const [name, kind] of Object.entries(LASTING)) {
  void t.test(`${name} never exceeds a share, even while no other tenant waits`, async (t) => {
    const world = cluster();
    const whole = submit(world, kind, 1000);
    const message = quotaMessage(quotaOf(world, whole)!);
    t.match(
      message,
      /^quota cpu of its tenant: 1000 requested, the limit is 750; request less, or ask an operator/,
    );
    const parts = Array.from({ length: 4 }, () => submit(world, kind, 250));
    t.same(
      parts.map((id) => isPlaced(world, id)),
      [true, true, true, false],
      'work that can never start delays no other work of its tenant',
    );
    t.match(quotaOf(world, parts[3]!), { quota: 'cpu', limit: 750, used: 750, requested: undefined });
    t.ok(isPlaced(world, submit(world, bobs, 250, 'bob')), 'another tenant starts at once');
    t.notOk(isPlaced(world, parts[3]!));

    world.report(world.live(parts[0]!)[0]!, 'AllocationCompleted');
    world.settle();
    t.ok(isPlaced(world, parts[3]!), 'what is freed is used by the next of the tenant');
    t.notOk(isPlaced(world, whole));
    world.node('large', { resources: { ...NODE, cpu: 3000 }, drivers: DRIVERS });
    world.settle();
    t.ok(isPlaced(world, whole), 'in a larger cluster it starts');
  });
}

for (const [name, kind] of Object.entries(SHORT)) {
  void t.test(`${name} may use the whole idle cluster, and what ends is another tenant's`, async (t) => {
    const world = cluster();
    t.ok(isPlaced(world, submit(world, kind, 1000)), 'even at once');
    world.report(world.live(`task.${made}.1`)[0]!, 'AllocationCompleted');
    world.settle();
    const parts = Array.from({ length: 5 }, () => submit(world, kind, 250));
    t.same(
      parts.map((id) => isPlaced(world, id)),
      [true, true, true, true, false],
    );
    const bob = submit(world, bobs, 250, 'bob');
    t.notOk(isPlaced(world, bob));
    t.equal(quotaOf(world, bob), undefined, 'it waits for a node');
    world.after(300_000);
    world.report(world.live(parts[0]!)[0]!, 'AllocationFailed');
    world.settle();
    t.ok(isPlaced(world, bob));
    t.notOk(isPlaced(world, parts[4]!));
  });
}

void t.test('lasting work counts apart from short work, which may be lent the rest', async (t) => {
  const world = cluster();
  const service = LASTING['a service']!;
  const short = SHORT['a group with a time limit']!;
  const first = Array.from({ length: 2 }, () => submit(world, short, 250));
  t.ok(
    isPlaced(world, submit(world, service, 500)),
    'the share of lasting work is not used up by short work',
  );
  t.notOk(isPlaced(world, submit(world, service, 250)), 'the node is full');
  world.report(world.live(first[0]!)[0]!, 'AllocationCompleted');
  world.settle();
  t.ok(isPlaced(world, `task.${made}.1`));
  const usage = world.state.quotas.usageOf({ of: 'tenant', id: 'mallory' }, world.state.totals(), world.now);
  t.match(
    usage.find(({ quota }) => quota === 'cpu'),
    { used: 1000, limit: 750 },
  );
});

void t.test('a setting says how long work may be lent', async (t) => {
  const world = cluster({ ...SHARES, lentMs: 60_000 });
  const [kind] = [SHORT['a shell task of five minutes']!];
  t.notOk(isPlaced(world, submit(world, kind, 1000)));
  t.ok(isPlaced(world, submit(world, kind, 700)));
  t.notOk(isPlaced(world, submit(world, kind, 100)));
  world.quotas = SHARES;
  world.settle();
  t.ok(isPlaced(world, submit(world, kind, 100)), 'with another limit, what runs counts anew');
  world.quotas = { ...SHARES, lentMs: 60_000 };
  world.settle();
  t.match(quotaOf(world, submit(world, kind, 100)), { used: 800, limit: 750 });
});

void t.test('what lasts is the same after a restore, whatever became of its limit since', async (t) => {
  const world = cluster();
  const id = submit(world, SHORT['a group with a time limit']!, 500);
  const service = LASTING['a service']!;
  submit(world, service, 250);
  world.submit(
    id,
    groupOf({}, { max_run_seconds: 3600 })(500),
    'JobUpdated',
    world.state.jobs.get(id)!.owner,
  );
  world.settle();
  const records = [...recordsOf(world.state)].map(
    (record) => JSON.parse(JSON.stringify(record)) as SnapshotRecord,
  );
  const restored = restore(records);
  restored.limitBy(world.quotas);
  const told = (state: typeof restored) =>
    state.quotas.excessOf(
      { ...[...state.allocations.values()][1]!.counted!, cpu: 700 },
      { totals: state.totals(), now: world.now, isContested: () => false },
    );
  t.match(told(world.state), { quota: 'cpu', used: 250, limit: 750 });
  t.same(told(restored), told(world.state));
  t.same([...recordsOf(restored)], [...recordsOf(world.state)]);
});

void t.test('self-registered accounts together never hold more than three quarters', async (t) => {
  for (const quotas of [
    SHARES,
    UNLIMITED_TENANTS,
    { ...SHARES, cpu: { tenant: '800', account: 'unlimited' } },
  ])
    for (const [name, kind] of Object.entries({ ...LASTING, ...SHORT })) {
      const world = cluster(quotas);
      for (const tenant of ['one', 'two', 'three', 'four'])
        world.give({ type: 'UserRegistered', data: registered(tenant) } as never);
      const ids = ['one', 'two', 'three', 'four'].map((tenant) => submit(world, kind, 250, tenant));
      t.same(
        ids.map((id) => isPlaced(world, id)),
        [true, true, true, false],
        name,
      );
      t.equal(
        quotaMessage(quotaOf(world, ids[3]!)!),
        'quota cpu of all self-registered accounts together: 750 of 750',
      );
      t.ok(isPlaced(world, submit(world, kind, 250, 'bob')), 'the account of an administrator may');
    }
});

void t.test('that holds for slots, memory and GPUs as well', async (t) => {
  const asked = { cpu: 1, memory: 1 };
  for (const [quota, amount, limit] of [
    ['slots', 1, 7],
    ['memory', 100, 750],
    ['gpus', 1, 3],
  ] as const) {
    const world = cluster();
    world.give({ type: 'UserRegistered', data: { ...registered('bob'), execute: true } } as never);
    for (const tenant of ['one', 'two'])
      world.give({ type: 'UserRegistered', data: registered(tenant) } as never);
    const kind: Kind = {
      surface: 'gpu',
      specification: () => job(group('run', {}, { ...asked, [quota]: amount })),
    };
    const ids = Array.from({ length: 10 }, (_, index) =>
      submit(world, kind, 1, index % 2 === 0 ? 'one' : 'two'),
    );
    const count = Math.floor(limit / amount);
    t.equal(ids.filter((id) => isPlaced(world, id)).length, count, quota);
    t.match(quotaOf(world, ids[9]!), { quota, of: 'tenant', holder: 'self-registered', limit });
    const usage = world.state.quotas.usageOf(
      { of: 'tenant', id: 'self-registered' },
      world.state.totals(),
      world.now,
    );
    t.match(
      usage.find((each) => each.quota === quota),
      { used: count * amount, limit, rule: '75%' },
    );
    t.ok(isPlaced(world, submit(world, kind, 1, 'bob')));
    world.report(world.live(ids[0]!)[0]!, 'AllocationCompleted');
    world.settle();
    t.equal(ids.filter((id) => isPlaced(world, id)).length, count, 'the next in line takes its place');
  }
});

void t.test('one of them leaves capacity for the others, with short work as well', async (t) => {
  for (const kind of [LASTING['a call of an hour']!, SHORT['a call of a minute']!]) {
    const world = cluster(SHARES, { cpu: 10_000, memory: 10_000, slots: 40 });
    for (const tenant of ['greedy', 'modest'])
      world.give({ type: 'UserRegistered', data: registered(tenant) } as never);
    const greedy = Array.from({ length: 60 }, () => submit(world, kind, 1, 'greedy'));
    const placed = (): number => greedy.filter((id) => isPlaced(world, id)).length;
    t.equal(placed(), 22, 'three quarters of three quarters of 40');
    t.match(quotaOf(world, greedy[59]!), { quota: 'slots', holder: 'greedy', limit: 22, used: 22 });
    const modest = Array.from({ length: 9 }, () => submit(world, kind, 1, 'modest'));
    t.equal(modest.filter((id) => isPlaced(world, id)).length, 8);
    t.match(quotaOf(world, modest[8]!), { holder: 'self-registered', limit: 30, used: 30 });
    t.ok(isPlaced(world, submit(world, kind, 1, 'bob')));
  }
});

void t.test('a larger quota of the group is used at once', async (t) => {
  const world = cluster(SHARES, { cpu: 10_000, memory: 10_000, slots: 40 });
  world.give({ type: 'UserRegistered', data: registered('greedy') } as never);
  const ids = Array.from({ length: 30 }, () => submit(world, LASTING['a call of an hour']!, 1, 'greedy'));
  const placed = (): number => ids.filter((id) => isPlaced(world, id)).length;
  t.equal(placed(), 22);
  world.give({ type: 'QuotaSet', data: { tenantId: 'self-registered', quota: 'slots', limit: '40' } });
  world.settle();
  t.equal(placed(), 30, 'three quarters of 40');
});

void t.test('all GPUs are theirs while only administrators have other accounts', async (t) => {
  const world = cluster();
  const claim = LASTING['a GPU claim']!;
  for (const tenant of ['one', 'two'])
    world.give({ type: 'UserRegistered', data: registered(tenant) } as never);
  world.give({
    type: 'UserRegistered',
    data: { ...registered('root'), role: 'admin', execute: true },
  } as never);
  const ids = Array.from({ length: 4 }, (_, index) => submit(world, claim, 1, index < 2 ? 'one' : 'two'));
  t.ok(ids.every((id) => isPlaced(world, id)));
  world.give({ type: 'UserRegistered', data: { ...registered('bob'), execute: true } } as never);
  const bob = submit(world, claim, 1, 'bob');
  const more = submit(world, claim, 1, 'one');
  for (const id of ids.slice(0, 2)) {
    world.end(id);
    world.report(world.live(id)[0]!, 'AllocationStopped');
    world.settle();
  }
  t.ok(isPlaced(world, bob));
  t.ok(isPlaced(world, more));
  t.match(quotaOf(world, submit(world, claim, 1, 'two')), { quota: 'gpus', limit: 3, used: 3 });
});

void t.test('many requests that can never start do not delay what waits with them', async (t) => {
  const world = cluster();
  const service = LASTING['a service']!;
  const large = Array.from({ length: 100 }, () => submit(world, service, 800));
  const running = submit(world, service, 750);
  const next = submit(world, service, 700);
  t.notOk(isPlaced(world, next));
  world.report(world.live(running)[0]!, 'AllocationCompleted');
  world.end(running);
  world.settle();
  t.ok(isPlaced(world, next));
  world.give({ type: 'QuotaSet', data: { tenantId: 'mallory', quota: 'cpu', limit: 'unlimited' } });
  world.end(next);
  world.report(world.live(next)[0]!, 'AllocationStopped');
  world.settle();
  t.equal(large.filter((id) => isPlaced(world, id)).length, 1, 'a larger quota lets them start');
});

function registered(tenant: string): object {
  const sealed = `sealed:1:user.1:${'x'.repeat(40)}`;
  return {
    userId: `${tenant}-user`,
    usernameReservation: 'r',
    username: sealed,
    password: sealed,
    role: 'user',
    tenantId: tenant,
    number: 1,
  };
}
