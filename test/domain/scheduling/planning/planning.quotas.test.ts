import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { NO_QUOTAS, type DefaultLimits, type QuotaName } from '#domain/accounts/quota/index.js';
import { hasWork, nextDue, recordsOf, restore, type SnapshotRecord } from '#domain/scheduling/index.js';
import { group, job, shortGroup, World } from '../world.js';

function cluster(
  limits: Partial<Record<QuotaName, string>>,
  resources: Record<string, number> = { cpu: 1000, memory: 1000, slots: 10 },
): World {
  const world = new World();
  const set = Object.entries(limits).map(([quota, tenant]) => [quota, { tenant, account: 'unlimited' }]);
  world.quotas = { ...NO_QUOTAS, ...(Object.fromEntries(set) as Partial<DefaultLimits>) };
  world.node('n', { resources });
  world.settle();
  return world;
}

const ownerOf = (tenant: string, principal = `${tenant}-user`, surface = 'tasks') => ({
  surface,
  tenant,
  principal,
});
const SEALED = `sealed:1:user.1:${'x'.repeat(40)}`;
let made = 0;

/** Returns the job of a short task run of the tenant. */
function run(
  world: World,
  tenant: string,
  asked: Record<string, number> = { cpu: 10, memory: 10, slots: 1 },
  principal?: string,
): string {
  const id = `task.${(made += 1)}.1`;
  world.submit(id, job(shortGroup('run', asked)), 'JobSubmitted', ownerOf(tenant, principal));
  world.settle();
  return id;
}

const isPlaced = (world: World, id: string): boolean => world.live(id).length > 0;

function reasonOf(world: World, id: string) {
  return world.state.jobs.get(id)?.blocked?.reasons['run'];
}

void t.test('a tenant uses no more slots than its quota, and other tenants do not wait', async (t) => {
  const world = cluster({ slots: '7' });
  const ids = Array.from({ length: 30 }, () => run(world, 'greedy'));
  t.equal(ids.filter((id) => isPlaced(world, id)).length, 7);
  t.match(reasonOf(world, ids[7]!), {
    unplaced: 1,
    nodes: 1,
    quota: { quota: 'slots', of: 'tenant', holder: 'greedy', limit: 7, used: 7 },
  });
  t.ok(isPlaced(world, run(world, 'modest')), 'another tenant is placed at once');
  const [first] = world.live(ids[0]!);
  world.report(first!, 'AllocationCompleted');
  world.settle();
  t.ok(isPlaced(world, ids[7]!), 'the first waiting run is placed next');
  t.notOk(isPlaced(world, ids[8]!));
});

void t.test('short work of a tenant may use the whole cluster while no other tenant waits', async (t) => {
  const world = cluster({ slots: '75%', cpu: '75%', memory: '75%' });
  const whole = run(world, 'sole', { cpu: 1000, memory: 1000, slots: 10 });
  t.ok(isPlaced(world, whole), 'even with one allocation');
  world.report(world.live(whole)[0]!, 'AllocationCompleted');
  const ids = Array.from({ length: 12 }, () => run(world, 'sole'));
  t.equal(ids.filter((id) => isPlaced(world, id)).length, 10);
  t.match(reasonOf(world, ids[11]!), { exhausted: { slots: 1 }, quota: undefined });
});

void t.test(
  'while another tenant waits, a share binds: freed slots go to the tenant that waits',
  async (t) => {
    const world = cluster({ slots: '75%' });
    const greedy = Array.from({ length: 14 }, () => run(world, 'greedy'));
    const modest = Array.from({ length: 3 }, () => run(world, 'modest'));
    t.notOk(modest.some((id) => isPlaced(world, id)));
    const end = (id: string): void => {
      world.report(world.live(id)[0]!, 'AllocationCompleted');
      world.settle();
    };
    t.match(reasonOf(world, run(world, 'greedy')), {
      quota: { quota: 'slots', of: 'tenant', holder: 'greedy', limit: 7, used: 10 },
    });
    for (const id of greedy.slice(0, 3)) end(id);
    t.ok(modest.every((id) => isPlaced(world, id)));
    end(modest[0]!);
    t.equal(greedy.filter((id) => isPlaced(world, id)).length, 8, 'nobody else waits any more');
  },
);

void t.test(
  'a share also binds for work that came before another tenant waited, and is not kept for no one',
  async (t) => {
    const world = cluster({ slots: '75%' });
    for (let count = 0; count < 8; count += 1) run(world, 'greedy');
    const large = run(world, 'modest', { cpu: 10, memory: 10, slots: 4 });
    const more = [run(world, 'greedy'), run(world, 'greedy')];
    t.notOk(
      more.some((id) => isPlaced(world, id)),
      'two free slots are left for the tenant that waits',
    );
    t.match(reasonOf(world, more[0]!), { quota: { quota: 'slots', limit: 7, used: 8 } });
    world.end(large);
    world.settle();
    t.ok(
      more.every((id) => isPlaced(world, id)),
      'the shares no longer bind',
    );
  },
);

void t.test('a share binds only for resources that another tenant waits for', async (t) => {
  const world = cluster({ slots: '75%', cpu: '75%' });
  world.submit(
    'gpu',
    job(group('run', {}, { cpu: 10, memory: 10, gpus: 1 })),
    'JobSubmitted',
    ownerOf('modest'),
  );
  run(world, 'modest', { cpu: 9000, memory: 10, slots: 1 });
  const ids = Array.from({ length: 10 }, () => run(world, 'greedy'));
  t.ok(
    ids.every((id) => isPlaced(world, id)),
    'no node can ever take the work that waits',
  );
});

void t.test('quotas also limit CPU and memory, even for a single allocation', async (t) => {
  const world = cluster({ cpu: '750', memory: '500' });
  const service = (name: string, asked: Record<string, number>): string => {
    world.submit(
      name,
      job(group('run', {}, asked)),
      'JobSubmitted',
      ownerOf('acme', 'acme-user', 'services'),
    );
    world.settle();
    return name;
  };
  t.match(reasonOf(world, service('large', { cpu: 1000, memory: 10 })), {
    quota: { quota: 'cpu', limit: 750, used: 0 },
  });
  t.ok(isPlaced(world, service('fits', { cpu: 700, memory: 400 })));
  t.match(reasonOf(world, service('more', { cpu: 10, memory: 200 })), {
    quota: { quota: 'memory', limit: 500, used: 400 },
  });
});

void t.test('the quota of runs per minute delays further runs until the next minute', async (t) => {
  const world = cluster({ runs_per_minute: '3' });
  world.now = 60_000 * 100 + 59_000;
  const ids = Array.from({ length: 5 }, () => run(world, 'acme'));
  t.equal(ids.filter((id) => isPlaced(world, id)).length, 3);
  t.match(reasonOf(world, ids[4]!), { quota: { quota: 'runs_per_minute', limit: 3, used: 3 } });
  t.equal(nextDue(world.state), 60_000 * 101);
  world.after(1000);
  t.ok(hasWork(world.state, world.now));
  world.settle();
  t.ok(ids.every((id) => isPlaced(world, id)));
  t.notOk(hasWork(world.state, world.now));
});

void t.test('a run counts as one slot even if its task requests none', async (t) => {
  const world = cluster({ slots: '2' });
  const ids = Array.from({ length: 4 }, () => run(world, 'acme', { cpu: 1, memory: 1, slots: 0 }));
  t.equal(ids.filter((id) => isPlaced(world, id)).length, 2);
});

void t.test('notifications have their own quota', async (t) => {
  const world = cluster({ notifications: '2', slots: '2', runs_per_minute: '1' });
  const ids = Array.from({ length: 5 }, (_, index) => `task.7.notice.${index + 1}`);
  for (const id of ids)
    world.submit(id, job(group('run', {}, { cpu: 10, memory: 16 })), 'JobSubmitted', ownerOf('acme'));
  world.settle();
  t.equal(ids.filter((id) => isPlaced(world, id)).length, 2);
  t.match(reasonOf(world, ids[4]!), { quota: { quota: 'notifications', limit: 2, used: 2 } });
  t.ok(isPlaced(world, run(world, 'acme')), 'notifications do not count as runs');
});

void t.test('quotas do not apply to jobs of the operator or of administrators', async (t) => {
  const world = cluster({ slots: '1', cpu: '10' });
  world.submit('own', job(group('run', { count: 3 }, { cpu: 100, memory: 10, slots: 1 })));
  world.settle();
  t.equal(world.live('own').length, 3);
  const registered = {
    userId: 'root',
    usernameReservation: 'r',
    username: SEALED,
    password: SEALED,
    role: 'admin' as const,
    tenantId: 'acme',
    number: 1,
  };
  world.give({ type: 'UserRegistered', data: registered } as never);
  for (const principal of ['root', 'operator-key'])
    t.ok(isPlaced(world, run(world, 'acme', { cpu: 100, memory: 10 }, principal)), principal);
  t.notOk(isPlaced(world, run(world, 'acme')), 'usage of administrators counts for their tenant');
  world.give({ type: 'UserRoleChanged', data: { userId: 'root', role: 'user' } });
  t.notOk(isPlaced(world, run(world, 'acme', { cpu: 100, memory: 10 }, 'root')));
});

void t.test(
  'a limit that an operator sets for a tenant or an account overrides the default limit',
  async (t) => {
    const world = cluster({ slots: '1' });
    const [first, second, third] = [run(world, 'acme'), run(world, 'acme'), run(world, 'acme')];
    world.give({ type: 'QuotaSet', data: { tenantId: 'acme', quota: 'slots', limit: '3' } });
    world.give({
      type: 'QuotaSet',
      data: { tenantId: 'acme', account: 'acme-user', quota: 'slots', limit: '2' },
    });
    world.settle();
    t.same(
      [first, second, third].map((id) => isPlaced(world, id)),
      [true, true, false],
    );
    t.match(
      run(world, 'acme', undefined, 'another') &&
        world.state.quotas.usageOf({ of: 'tenant', id: 'acme' }, world.state.totals(), world.now),
      [{ quota: 'slots', used: 3, limit: 3, rule: '3' }],
    );
    world.give({ type: 'QuotaReset', data: { tenantId: 'acme', account: 'acme-user', quota: 'slots' } });
    world.give({ type: 'QuotaSet', data: { tenantId: 'acme', quota: 'slots', limit: 'unlimited' } });
    world.settle();
    t.ok(isPlaced(world, third));
  },
);

const registered = (userId: string, tenantId: string, more: object = {}): object => ({
  userId,
  usernameReservation: 'r',
  username: SEALED,
  password: SEALED,
  role: 'user',
  tenantId,
  number: 1,
  ...more,
});

void t.test('self-registered accounts have one share together', async (t) => {
  const world = cluster({ slots: '75%', runs_per_minute: '600' });
  world.quotas = { ...world.quotas, selfRegistered: '75%' };
  for (const tenant of ['one', 'two', 'three'])
    world.give({ type: 'UserRegistered', data: registered(`${tenant}-user`, tenant) } as never);
  world.give({ type: 'UserRegistered', data: registered('bob-user', 'bob', { execute: true }) } as never);
  const first = Array.from({ length: 5 }, () => run(world, 'one'));
  for (let count = 0; count < 5; count += 1) run(world, 'two');
  const bob = Array.from({ length: 3 }, () => run(world, 'bob'));
  t.match(reasonOf(world, run(world, 'three')), {
    quota: { quota: 'slots', of: 'tenant', holder: 'self-registered', limit: 7, used: 7 },
  });
  t.ok(
    bob.every((id) => isPlaced(world, id)),
    'the account of an administrator does not wait',
  );
  for (const id of first.slice(0, 3)) {
    world.report(world.live(id)[0]!, 'AllocationCompleted');
    world.settle();
  }
  const used = (): number | undefined =>
    world.state.quotas
      .usageOf({ of: 'tenant', id: 'self-registered' }, world.state.totals(), world.now)
      .find(({ quota }) => quota === 'slots')?.used;
  t.equal(used(), 7);
  world.give({ type: 'ExecutionGranted', data: { userId: 'two-user' } });
  t.equal(used(), 2, 'an account with the right to execute leaves the group, with what it holds');
  world.give({ type: 'ExecutionRevoked', data: { userId: 'two-user' } });
  t.equal(used(), 7);
  world.give({ type: 'UserRoleChanged', data: { userId: 'one-user', role: 'tenant_admin' } });
  t.equal(used(), 5);
  const restored = restore(
    [...recordsOf(world.state)].map((record) => JSON.parse(JSON.stringify(record)) as SnapshotRecord),
  );
  restored.limitBy(world.quotas);
  t.same(
    restored.quotas.usageOf({ of: 'tenant', id: 'self-registered' }, restored.totals(), world.now),
    world.state.quotas.usageOf({ of: 'tenant', id: 'self-registered' }, world.state.totals(), world.now),
  );
});

void t.test('self-registered accounts take one turn together', async (t) => {
  const world = cluster({});
  for (const tenant of ['one', 'two', 'three'])
    world.give({ type: 'UserRegistered', data: registered(`${tenant}-user`, tenant) } as never);
  const large = run(world, 'holder', { cpu: 10, memory: 10, slots: 8 });
  const own = run(world, 'bob', { cpu: 10, memory: 10, slots: 2 });
  const selves = ['one', 'two', 'three', 'one', 'two', 'three'].map((tenant) => run(world, tenant));
  const bob = Array.from({ length: 3 }, () => run(world, 'bob'));
  world.report(world.live(own)[0]!, 'AllocationCompleted');
  world.settle();
  t.equal(selves.filter((id) => isPlaced(world, id)).length, 1);
  t.equal(bob.filter((id) => isPlaced(world, id)).length, 1);
  t.ok(isPlaced(world, large));
});

void t.test('an exceeded quota is recorded at most once a minute, however many jobs wait', async (t) => {
  const world = cluster({ slots: '1' });
  const told = (): number => world.log.filter(({ type }) => type === 'QuotaExceeded').length;
  for (let count = 0; count < 50; count += 1) run(world, 'acme');
  t.equal(told(), 1);
  run(world.after(59_000), 'acme');
  t.equal(told(), 1);
  run(world.after(1000), 'acme');
  t.equal(told(), 2);
  run(world, 'another');
  run(world, 'another');
  t.equal(told(), 3, 'the quota of another tenant is recorded separately');
});

void t.test(
  'no node is reserved for a job that waits for a quota, so that it delays no other job',
  async (t) => {
    const world = cluster({ cpu: '500' });
    run(world, 'acme', { cpu: 400, memory: 10 });
    run(world, 'acme', { cpu: 400, memory: 10 });
    t.equal(world.state.agenda.waiting.size, 0);
    t.equal(world.state.agenda.reserved.nodes.size, 0);
    t.ok(isPlaced(world, run(world, 'modest', { cpu: 400, memory: 10 })));
  },
);

void t.test(
  'a quota in percent follows the capacity of the cluster, and is not reported if there are no nodes',
  async (t) => {
    const world = new World();
    world.quotas = { ...NO_QUOTAS, slots: { tenant: '50%', account: 'unlimited' } };
    const ids = Array.from({ length: 4 }, () => run(world, 'acme'));
    t.same(reasonOf(world, ids[0]!)?.quota, undefined);
    const limit = (): number | undefined =>
      world.state.quotas
        .usageOf({ of: 'tenant', id: 'acme' }, world.state.totals(), world.now)
        .find(({ quota }) => quota === 'slots')?.limit;
    world.node('one', { resources: { cpu: 1000, memory: 1000, slots: 2 } }).settle();
    t.equal(limit(), 1);
    world.node('two', { resources: { cpu: 1000, memory: 1000, slots: 6 } }).settle();
    t.equal(limit(), 4);
    t.equal(ids.filter((id) => isPlaced(world, id)).length, 4);
  },
);

void t.test('usage and waiting jobs are the same after a restore from a snapshot', async (t) => {
  const world = cluster({ slots: '2', runs_per_minute: '100' });
  for (let count = 0; count < 4; count += 1) run(world, 'acme');
  world.give({ type: 'QuotaSet', data: { tenantId: 'other', quota: 'cpu', limit: '7' } });
  const records = [...recordsOf(world.state)].map(canonicalJson);
  const restored = restore(records.map((text) => JSON.parse(text) as SnapshotRecord));
  t.same([...recordsOf(restored)].map(canonicalJson).sort(), records.sort());
  const usage = (state: typeof restored) =>
    state.quotas.usageOf({ of: 'tenant', id: 'acme' }, state.totals(), world.now);
  t.same(
    usage(restored).map(({ used }) => used),
    [2, 20, 20, 0, 2],
  );
  t.same([...restored.agenda.overQuota.keys()], ['tenant acme slots']);
  world.state.clear();
  t.same(world.state.quotas.holders(), [{ of: 'tenant', id: 'other' }], 'limits remain after a clear');
});

void t.test(
  'when quota of a tenant is freed, only the first few of its 3,000 waiting runs are checked',
  async (t) => {
    const world = cluster({ slots: '1' });
    const ids = Array.from({ length: 3000 }, () => {
      const id = `task.${(made += 1)}.1`;
      world.submit(
        id,
        job(group('run', {}, { cpu: 1, memory: 1, slots: 1 })),
        'JobSubmitted',
        ownerOf('acme'),
      );
      return id;
    });
    world.settle();
    let looks = 0;
    const { quotas } = world.state;
    const before = quotas.excessOf.bind(quotas);
    quotas.excessOf = (...given) => {
      looks += 1;
      return before(...given);
    };
    const [first] = world.live(ids[0]!);
    world.report(first!, 'AllocationCompleted');
    world.settle();
    t.ok(isPlaced(world, ids[1]!));
    t.ok(looks < 50, `${looks} quota checks were made`);
  },
);

void t.test(
  'what a node claims counts in shares only within bounds, until an operator confirms it',
  async (t) => {
    const world = cluster({ slots: '50%', cpu: '50%' });
    const before = world.state.totals();
    world.node('huge', { resources: { cpu: 9_000_000, memory: 90_000_000, slots: 90_000, gpus: 1000 } });
    world.settle();
    t.same(world.state.totals(), {
      slots: before.slots + 1000,
      cpu: before.cpu + 512_000,
      memory: before.memory + 4_194_304,
      gpus: before.gpus + 16,
    });
    const restored = restore([...recordsOf(world.state)]);
    t.same(restored.totals(), world.state.totals());

    world.give({ type: 'NodeEligibilitySet', data: { nodeId: 'huge', eligible: true } });
    world.settle();
    t.match(world.state.totals(), { slots: before.slots + 90_000, cpu: before.cpu + 9_000_000 });
    world.node('huge', { resources: { cpu: 9_500_000, memory: 1000, slots: 90_000 } });
    world.settle();
    t.match(
      world.state.totals(),
      { cpu: before.cpu + 9_000_000, memory: before.memory + 1000 },
      'a larger claim counts up to what was confirmed',
    );
    world.give({ type: 'NodeSlotsSet', data: { nodeId: 'huge', slots: 95_000 } });
    world.settle();
    t.equal(world.state.totals().slots, before.slots + 95_000, 'slots that an operator sets count');
  },
);
