import { randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

/** Opens the API with a running scheduler and nodes. */
async function scene(t: Parameters<typeof openTestApi>[0], nodes = 3) {
  const api = await openTestApi(t);
  const ending = new AbortController();
  const running = new Scheduler({
    store: api.store,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    instance: randomUUID(),
  }).run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  for (let index = 0; index < nodes; index += 1) {
    const node_id = `node-${index}`;
    const said = await api.say('POST', '/register', {
      node_id,
      ip_address: `10.0.0.${index}`,
      resources: { cpu: 1000, memory: 2048 },
      healthy: true,
    });
    if (said.status !== 200) throw new Error(said.body);
  }
  // A plan waits only briefly for nodes that the scheduler has not admitted yet.
  await eventually(
    async () => (await api.events()).filter(({ type }) => type === 'NodeCapacitySet').length === nodes,
  );
  return { ...api, stop };
}

interface Plan {
  readonly change: string;
  readonly changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly groups: readonly {
    readonly placed: number;
    readonly placements: readonly { readonly slot: number; readonly node_id: string }[];
    readonly nodes: readonly unknown[];
  }[];
}

const web = (given: object = {}, env?: Record<string, string>) => ({
  task_groups: [
    {
      name: 'web',
      count: 2,
      tasks: [
        {
          name: 'serve',
          config: { image: 'nginx:1' },
          resources: { cpu: 100, memory: 64 },
          ...(env && { env }),
        },
      ],
      ...given,
    },
  ],
});

void t.test('shows the result of a revert, and refuses what a revert would refuse', async (t) => {
  const { say, events, stop } = await scene(t);
  t.equal((await say('POST', '/jobs', aJob({ job_id: 'hello', ...web() }))).status, 200);
  const changed = { job_id: 'hello', ...web({ count: 3 }) };
  t.equal((await say('PUT', '/jobs/hello', aJob(changed))).status, 200);
  const { versions } = (await say('GET', '/jobs/hello/versions')).json() as {
    readonly versions: readonly { readonly version: number }[];
  };
  const [present, former] = versions.map(({ version }) => version);
  await eventually(
    async () => (await events()).filter(({ type }) => type === 'AllocationPlaced').length === 3,
  );
  const before = (await events()).length;
  const key = { 'idempotency-key': 'revert-7' };
  const said = await say('POST', '/jobs/hello/revert/plan', { version: former }, key);
  t.equal(said.status, 200, said.body);
  t.match(said.json(), {
    job_id: 'hello',
    change: 'update',
    changes: [{ path: 'task_groups.web.count', before: '3', after: '2' }],
    groups: [{ task_group: 'web', count: 2, kept: 2, stopped: 1, placed: 0 }],
  });
  t.equal((await say('POST', '/jobs/hello/revert/plan', { version: present })).status, 409);
  t.equal((await say('POST', '/jobs/hello/revert/plan', { version: 999 })).status, 404);
  t.equal((await say('POST', '/jobs/nothing/revert/plan', { version: 0 })).status, 404);
  t.equal((await events()).length, before, 'nothing is written');
  t.equal((await say('POST', '/jobs/hello/revert', { version: former }, key)).status, 200);
  await stop();
});

void t.test('shows the result of a submission without writing anything', async (t) => {
  const { say, events, stop } = await scene(t, 12);
  const key = { 'idempotency-key': 'ci-7' };
  const before = (await events()).length;
  const said = await say('POST', '/jobs/plan', aJob({ job_id: 'hello', ...web() }), key);
  t.equal(said.status, 200, said.body);
  const plan = said.json() as Plan;
  t.match(plan, {
    job_id: 'hello',
    change: 'begin',
    changes: [],
    groups: [{ task_group: 'web', count: 2, kept: 0, stopped: 0, placed: 2, unplaced: 0 }],
  });
  t.match(plan.groups[0], { looked: { nodes: 12, fitting: 12, filtered: {}, exhausted: {} } });
  await say('POST', '/jobs/plan', aJob({ job_id: 'hello', ...web() }), key);
  t.same(
    (await events()).slice(before).map(({ type }) => type),
    [],
    'a plan appends no events',
  );
  await say('POST', '/jobs', aJob({ job_id: 'hello', ...web() }), key);
  interface Shown {
    readonly allocations: readonly { readonly node_id: string }[];
  }
  const placed = async () =>
    ((await say('GET', '/jobs/hello')).json() as Shown).allocations.map(({ node_id: node }) => node).sort();
  await eventually(async () => (await placed()).length === 2);
  t.same(await placed(), plan.groups[0]?.placements.map(({ node_id: node }) => node).sort());
  await stop();
});

void t.test(
  'shows differences by group and task, masks secrets, and shows which instances stay or stop',
  async (t) => {
    const { say, stop } = await scene(t);
    await say('POST', '/jobs', { job_id: 'web', ...web({}, { TOKEN: 'old-secret', COLOUR: 'red' }) });
    const plan = async (body: object): Promise<Plan> =>
      (await say('POST', '/jobs/plan?limit=1', { job_id: 'web', ...body })).json() as Plan;
    await eventually(
      async () => (await plan(web({}, { TOKEN: 'old-secret', COLOUR: 'red' }))).change === 'none',
    );
    const more = await plan(web({ count: 3 }, { TOKEN: 'old-secret', COLOUR: 'red' }));
    t.match(more, { change: 'update', groups: [{ kept: 2, stopped: 0, placed: 1 }] });
    t.same(more.changes, [{ path: 'task_groups.web.count', before: '2', after: '3' }]);
    t.equal(more.groups[0]?.nodes.length, 1);
    const secret = await plan({ ...web({}, { TOKEN: 'new-secret', COLOUR: 'red' }), priority: 90 });
    t.match(secret, {
      change: 'update',
      groups: [
        {
          kept: 0,
          stopped: 2,
          stops: [{ reason: 'job-updated' }],
          placed: 2,
          placements: [{ after_stops: true }],
        },
      ],
    });
    t.same(secret.changes, [
      { path: 'priority', before: null, after: '90' },
      { path: 'task_groups.web.tasks.serve.env.TOKEN', before: '***', after: '***' },
    ]);
    t.notMatch(JSON.stringify(secret), /secret/);
    await say('DELETE', '/jobs/web');
    t.match(await plan(web()), { change: 'restart' });
    await stop();
  },
);

void t.test('reports for each node why a group does not fit', async (t) => {
  const { say, stop } = await scene(t);
  const wide = web({
    tasks: [{ name: 'serve', config: { image: 'nginx:1' }, resources: { cpu: 1300, memory: 64 } }],
  });
  const told = await say('POST', '/jobs/plan', { ...wide, constraints: { disk: 'ssd' } });
  t.match(told.json(), {
    groups: [
      {
        placed: 0,
        unplaced: 2,
        blocked: { unplaced: 2, nodes: 3, filtered: { 'constraint disk = ssd': 3 } },
        nodes: [{ node_id: 'node-0', verdict: 'filtered', reason: 'removed by constraint disk = ssd' }],
      },
    ],
  });
  const full = await say('POST', '/jobs/plan', wide);
  t.match(full.json(), {
    groups: [
      {
        blocked: { exhausted: { cpu: 3 }, short: { cpu: 300 }, oversized: 3 },
        nodes: [{ verdict: 'exhausted', reason: 'lacks cpu (short by 300)' }],
      },
    ],
  });
  await stop();
});

void t.test('refuses to plan a job with the same error as its submission', async (t) => {
  const { say, stop } = await scene(t, 0);
  for (const body of [
    {},
    { job_id: 'gpu.claim-1', ...web() },
    { ...web(), nonsense: 1 },
    { job_id: '../x', ...web() },
  ]) {
    const [plan, submission] = [await say('POST', '/jobs/plan', body), await say('POST', '/jobs', body)];
    t.same([plan.status, plan.body], [submission.status, submission.body]);
    t.ok(plan.status >= 400);
  }
  t.match((await say('POST', '/jobs/plan?limit=-1', web())).status, 400);
  await stop();
});

void t.test('a change of constraints that the present nodes fulfil replaces nothing', async (t) => {
  const { say, events, stop } = await scene(t, 2);
  for (const [index, disk] of ['ssd', 'ssd'].entries())
    await say('POST', '/register', {
      node_id: `node-${index}`,
      ip_address: `10.0.0.${index}`,
      resources: { cpu: 1000, memory: 2048 },
      attributes: { disk, zone: 'eu' },
      healthy: true,
    });
  const ids = async (): Promise<readonly string[]> =>
    (
      (await say('GET', '/jobs/hello')).json() as { allocations: readonly { id: string; status: string }[] }
    ).allocations
      .filter(({ status }) => status === 'pending')
      .map(({ id }) => id)
      .sort();
  const change = async (constrained: object): Promise<Plan> => {
    const body = { job_id: 'hello', ...constrained };
    const plan = (await say('POST', '/jobs/plan', body)).json() as Plan;
    t.equal((await say('POST', '/jobs', body)).status, 200);
    return plan;
  };
  const bound = (disk: string, given: object = {}) =>
    web({ constraints: [{ attribute: 'disk', operator: '=', value: disk }], ...given });
  const stops = async () => (await events()).filter(({ type }) => type === 'AllocationStopRequested').length;
  await change(web({ count: 3 }));
  await eventually(async () => (await ids()).length === 3);
  const placed = await ids();
  const stays = { change: 'update', groups: [{ kept: 3, stopped: 0, placed: 0 }] };
  t.match(await change(bound('ssd', { count: 3 })), stays, 'of the group');
  t.match(await change({ ...bound('ssd', { count: 3 }), constraints: { zone: 'eu' } }), stays, 'of the job');
  t.match(
    await change({ ...web({ count: 3, update: { max_parallel: 1 } }), constraints: { disk: 'ssd' } }),
    stays,
  );
  t.match(await change(web({ count: 3 })), stays, 'without constraints');
  const [{ version }] = (
    (await say('GET', '/jobs/hello/versions')).json() as { versions: { version: number }[] }
  ).versions.slice(-2) as [{ version: number }];
  t.equal((await say('POST', '/jobs/hello/revert', { version })).status, 200);
  await eventually(
    async () =>
      ((await say('POST', '/jobs/plan', { job_id: 'hello', ...bound('ssd', { count: 3 }) })).json() as Plan)
        .change === 'none',
  );
  t.same(await ids(), placed);
  t.equal(await stops(), 0);
  t.match(await change(bound('hdd', { count: 3 })), { groups: [{ kept: 0, stopped: 3, unplaced: 3 }] });
  await eventually(async () => (await stops()) === 3);
  await stop();
});
