import { randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { openTestApi } from '../../../http/support/test-api.js';

interface Told {
  readonly basis: string;
  readonly moves: readonly { readonly job_id: string; readonly from: string; readonly to: string }[];
  readonly placed: readonly { readonly job_id: string; readonly to: string }[];
  readonly stopped: readonly unknown[];
  readonly sums: { readonly moves: number };
}

const api = await openTestApi(t);
const ending = new AbortController();
const running = new Scheduler({
  store: api.store,
  catalog: EVENT_CATALOG,
  clock: systemClock,
  instance: randomUUID(),
}).run(ending.signal);
t.teardown(async () => {
  ending.abort();
  await running;
});

const register = async (node: string, cpu: number): Promise<unknown> =>
  await api.say('POST', '/register', {
    node_id: node,
    ip_address: '10.0.0.1',
    resources: { cpu, memory: 2048 },
    healthy: true,
  });
const work = (job: string, count: number, cpu = 100, priority = 50) => ({
  job_id: job,
  priority,
  task_groups: [
    {
      name: 'web',
      count,
      tasks: [{ name: 'serve', config: { command: 'true' }, resources: { cpu, memory: 10 } }],
    },
  ],
  constraints: {},
});
/** A job whose constraint is a regular expression. */
const constrained = (value: string) => {
  const { task_groups: groups, ...job } = work('x', 1);
  const constraints = [{ attribute: 'disk', operator: 'regex', value }];
  return { ...job, task_groups: groups.map((group) => ({ ...group, constraints })) };
};
const ask = async (changes: readonly object[], more: object = {}) =>
  await api.say('POST', '/what-if', { changes, ...more });
const told = async (changes: readonly object[], more: object = {}): Promise<Told> => {
  const { status, body, json } = await ask(changes, more);
  if (status !== 200) throw new Error(body);
  return json() as Told;
};
const placed = async (job: string): Promise<number> => {
  const { allocations } = (await api.say('GET', `/jobs/${job}`)).json() as {
    readonly allocations: unknown[];
  };
  return allocations.length;
};

await register('node-1', 1000);
await api.say('POST', '/jobs', work('shop', 3));
await eventually(async () => (await placed('shop')) === 3);
const beforeNode2 = await api.store.head();
await register('node-2', 250);
await api.say('POST', '/jobs', work('batch', 1, 900));
await eventually(
  async () =>
    (await told([])).sums.moves === 0 &&
    (await api.events()).some(({ type }) => type === 'EvaluationBlocked'),
);
await api.caughtUp();

void t.test('shows which allocations a drain moves and which it blocks, and writes nothing', async (t) => {
  const head = await api.store.head();
  const drained = await told([{ drain: 'node-1' }]);
  t.match(drained, {
    basis: String(head),
    since_basis: { events: 0, more: false },
    settled: true,
    moves: [
      { job_id: 'shop', task_group: 'web', from: 'node-1', to: 'node-2', score: Number },
      { job_id: 'shop', task_group: 'web', from: 'node-1', to: 'node-2' },
    ],
    placed: [],
    stopped: [],
    blocked: [
      {
        job_id: 'shop',
        task_group: 'web',
        before: 0,
        after: 1,
        reason: { unplaced: 1, exhausted: { cpu: 1 } },
      },
    ],
    unblocked: [],
    nodes: [
      {
        node_id: 'node-1',
        before: { status: 'ready', allocations: 3 },
        after: { status: 'draining', allocations: 0 },
      },
      { node_id: 'node-2', before: { allocations: 0 }, after: { allocations: 2, cpu: 200 } },
    ],
    sums: { moves: 2, before: { waiting: 1 }, after: { waiting: 2, nodes: 1 } },
    left_out: [/quotas/i, /failures/i],
  });
  t.equal(drained.moves.length, 2);
  t.equal(await api.store.head(), head);
});

void t.test('simulates every kind of change', async (t) => {
  t.match(await told([{ add_nodes: { like: 'node-1', count: 2 } }]), {
    placed: [{ job_id: 'batch', to: /^node-1\+[12]$/ }],
    unblocked: [{ job_id: 'batch', before: 1, after: 0 }],
    nodes: [
      { node_id: 'node-1+1', before: null, after: { status: 'ready' } },
      { node_id: 'node-1+2', before: null },
    ],
  });
  t.match(await told([{ down: 'node-1' }]), {
    moves: [{ from: 'node-1', to: 'node-2' }],
    sums: { after: { nodes: 1 } },
  });
  t.match(await told([{ stop: 'shop' }]), {
    stopped: [{ job_id: 'shop', from: 'node-1' }, {}, {}],
    placed: [{ job_id: 'batch', to: 'node-1' }],
  });
  t.match(await told([{ submit: work('new', 2, 700, 90) }]), {
    placed: [{ job_id: 'new', to: 'node-1', score: Number }],
    blocked: [{ job_id: 'new', before: 0, after: 1 }],
  });
  t.match(await told([{ submit: work('shop', 1) }]), { stopped: [{ job_id: 'shop' }, {}], moves: [] });
  t.match(await told([{ eligible: { node: 'node-2', to: false } }, { submit: work('small', 1, 10, 90) }]), {
    placed: [{ job_id: 'small', to: 'node-1' }],
  });
  t.match(await told([{ fit: work('more', 1, 250, 90) }]), {
    fits: [{ count: 3, at_least: false, task_group: 'web', reason: { exhausted: { cpu: 2 } } }],
    placed: [],
  });
  t.match(
    await told([
      { priority: { job: 'batch', to: 90 } },
      { submit: work('rival', 1, 900, 80) },
      { add_nodes: { like: 'node-1', count: 1 } },
    ]),
    { placed: [{ job_id: 'batch' }], blocked: [{ job_id: 'rival' }] },
  );
  t.match(await told([{ drain: 'node-1' }], { limit: 1 }), {
    moves: [{}],
    nodes: [{}],
    sums: { moves: 2, nodes: 2 },
  });
});

void t.test('simulates changes as of a past moment, and counts the events since then', async (t) => {
  const then = await told([{ drain: 'node-1' }], { as_of: String(beforeNode2) });
  t.match(then, { basis: String(beforeNode2), moves: [], sums: { after: { waiting: 3 } } });
  const { since_basis: since } = then as unknown as { readonly since_basis: { readonly events: number } };
  t.ok(since.events > 2, `${since.events} events`);
});

void t.test('refuses invalid and contradictory changes, and reports the reason', async (t) => {
  const cases: readonly (readonly [number, readonly object[], RegExp, object?])[] = [
    [404, [{ drain: 'nowhere' }], /node not found: nowhere/],
    [404, [{ add_nodes: { like: 'nowhere', count: 1 } }], /nowhere/],
    [404, [{ stop: 'nothing' }], /作业不存在/],
    [404, [{ priority: { job: 'nothing', to: 1 } }], /作业不存在/],
    [400, [{ priority: { job: 'shop', to: 101 } }], /changes\[0\]\.priority\.to/],
    [400, [{ add_nodes: { like: 'node-1', count: 0 } }], /changes\[0\]\.add_nodes\.count/],
    [400, [{ add_nodes: { like: 'node-1', count: 1e9 } }], /changes\[0\]\.add_nodes\.count/],
    [
      400,
      [1, 2].map(() => ({ add_nodes: { like: 'node-1', count: 6000 } })),
      /changes: must add at most 10000 nodes in total/,
    ],
    [400, [1, 2, 3, 4, 5].map(() => ({ fit: work('x', 1) })), /changes: must contain at most 4 fits/],
    [400, [{ drain: 'node-1' }, { down: 'node-1' }], /changes\[1\]: node node-1 changes more than once/],
    [
      400,
      [{ stop: 'shop' }, { priority: { job: 'shop', to: 1 } }],
      /changes\[1\]: job shop changes more than once/,
    ],
    [400, [{ drain: 'node-1', stop: 'shop' }], /changes\[0\].*exactly one/],
    [400, [{}], /changes\[0\].*exactly one/],
    [400, [{ explode: 'node-1' }], /explode/],
    [
      400,
      [{ submit: { job_id: 'x', task_groups: [], constraints: {} } }],
      /changes\[0\]\.submit\.task_groups/,
    ],
    [400, [{ submit: constrained('(') }], /changes\[0\]\.submit\.task_groups\[0\]\.constraints/],
    [400, [{ submit: work('task.1', 1) }], /changes\[0\]\.submit\.job_id/],
    [400, [], /as_of: must be a position/, { as_of: 'garbage' }],
    [400, [], /as_of: the newest position of the log is/, { as_of: '999999999' }],
    [400, [], /as_of: is in the future/, { as_of: '2999-01-01T00:00:00Z' }],
    [404, [], /no event was recorded/, { as_of: '2001-01-01T00:00:00Z' }],
    [400, [], /horizon_seconds/, { horizon_seconds: -1 }],
    [400, [], /limit/, { limit: 1001 }],
    [400, [], /more/, { more: true }],
  ];
  for (const [status, changes, message, more] of cases) {
    const { status: found, body } = await ask(changes, more);
    t.equal(found, status, `${JSON.stringify(changes)} ${JSON.stringify(more)}: ${body}`);
    t.match(body, message);
  }
});
