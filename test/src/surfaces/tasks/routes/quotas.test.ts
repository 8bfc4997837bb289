import t from 'tap';
import { DEFAULT_LIMITS, NO_QUOTAS, type DefaultLimits } from '#domain/accounts/quota/index.js';
import { tasksScene, type Headers, type TasksScene } from './scene.js';

const settingsWith = (quotas: DefaultLimits) => ({
  settings: { testApiKey: 'test-key', joinToken: undefined, host: '127.0.0.1', quotas },
});
const LIMITED = settingsWith({ ...NO_QUOTAS, tasks: { tenant: '3', account: '2' } });
type Task = { readonly id: number };
type Quota = {
  readonly quota: string;
  readonly of: string;
  readonly holder: string;
  readonly used: number;
  readonly limit: number | null;
};

const make = async ({ api }: TasksScene, who: Headers, name: string, more: Headers = {}) =>
  await api.say('POST', '/api/tasks', { executor: 'shell', command: 'true', name }, { ...who, ...more });

void t.test('creates no more concurrent tasks than the quotas allow', async (t) => {
  const scene = await tasksScene(t, LIMITED);
  const { api, root, ann, abe, ben } = scene;
  const made = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => await make(scene, ann, `ann-${index}`)),
  );
  t.equal(made.filter(({ status }) => status === 201).length, 2);
  const refused = made.find(({ status }) => status !== 201);
  t.equal(refused?.status, 403);
  t.match(refused?.body, /over the quota tasks of your account: 2 of 2 are used/);
  t.equal((await make(scene, abe, 'abe-1')).status, 201);
  t.match((await make(scene, abe, 'abe-2')).body, /over the quota tasks of your tenant: 3 of 3 are used/);
  t.equal((await make(scene, ben, 'ben-1')).status, 201, 'another tenant has its own quota');
  for (let index = 0; index < 4; index += 1)
    t.equal((await make(scene, root, `root-${index}`)).status, 201, 'quotas do not apply to administrators');
  const events = await api.events();
  t.equal(
    events.filter(({ type }) => type === 'QuotaRefused').length,
    2,
    'there is one event for each quota',
  );

  const [first] = made.filter(({ status }) => status === 201);
  const id = (first?.json() as { data: Task } | undefined)?.data.id;
  await api.say('DELETE', `/api/tasks/${id}`, undefined, ann);
  t.equal(
    (await make(scene, abe, 'abe-2')).status,
    201,
    'a deleted task frees its quota, and the refused task reserved no name',
  );
});

void t.test(
  'appends no event for a repeated refusal, and returns the same task for a repeated key',
  async (t) => {
    const scene = await tasksScene(t, LIMITED);
    const { api, ann } = scene;
    const key = { 'idempotency-key': 'k'.repeat(20) };
    await make(scene, ann, 'first');
    const second = await make(scene, ann, 'second', key);
    t.equal(second.status, 201);
    t.equal((await make(scene, ann, 'third')).status, 403);
    const before = (await api.events()).length;
    t.equal((await make(scene, ann, 'third')).status, 403);
    t.equal((await api.events()).length, before);
    const again = await make(scene, ann, 'second', key);
    t.equal(again.status, 201);
    t.equal((again.json() as { data: Task }).data.id, (second.json() as { data: Task }).data.id);
    t.equal((await api.say('GET', '/api/quotas', undefined, ann)).status, 200);
  },
);

void t.test(
  'shows accounts the usage of their tenant, and administrators the usage of all tenants',
  async (t) => {
    const scene = await tasksScene(t, settingsWith(DEFAULT_LIMITS));
    const { api, root, ann, abe } = scene;
    await make(scene, ann, 'one');
    await make(scene, abe, 'two');
    const own = ((await api.say('GET', '/api/quotas', undefined, ann)).json() as { data: Quota[] }).data;
    t.match(
      own.find(({ quota, of }) => quota === 'tasks' && of === 'tenant'),
      { holder: 'a', used: 2, limit: 1000, rule: '1000', unit: 'tasks' },
    );
    t.match(
      own.find(({ quota, of }) => quota === 'tasks' && of === 'account'),
      { used: 1, limit: null, rule: 'unlimited' },
    );
    t.match(
      own.find(({ quota, of }) => quota === 'slots' && of === 'tenant'),
      { holder: 'a', used: 0, limit: null, rule: '75%' },
    );
    t.equal(own.length, 17);
    t.equal((await api.say('GET', '/api/quotas/tenants', undefined, ann)).status, 403);
    const all = (await api.say('GET', '/api/quotas/tenants?size=2', undefined, root)).json() as {
      data: Quota[];
      pagination: object;
    };
    t.match(all.pagination, { total: 3, pages: 2 });
    t.same([...new Set(all.data.map(({ holder }) => holder))], ['a', 'b']);
    const accounts = (await api.say('GET', '/api/quotas/tenants?tenant_id=a', undefined, root)).json() as {
      data: Quota[];
    };
    t.same(
      accounts.data.filter(({ quota }) => quota === 'tasks').map(({ of, used }) => `${of} ${used}`),
      ['tenant 2', 'account 1', 'account 1'],
    );
  },
);

void t.test('shows quotas that settings of their own limit, each to whom it applies', async (t) => {
  const scene = await tasksScene(t);
  const { api, root, ann } = scene;
  const claim = { spec: { image: 'a', resources: { gpuCount: 2 } } };
  t.equal((await api.say('POST', '/api/gpu-claims', claim, ann)).status, 202);
  t.equal((await api.say('POST', '/api/gpu-claims', claim, ann)).status, 403);
  const quotas = async (path: string, who: Headers) =>
    ((await api.say('GET', path, undefined, who)).json() as { data: Quota[] }).data
      .filter(({ quota }) => ['gpus', 'services', 'environment_bytes'].includes(quota))
      .map(({ quota, of, used, limit }) => [quota, of, used, limit]);
  const shown = [
    ['services', 'tenant', 0, 50],
    ['environment_bytes', 'tenant', 0, null],
    ['gpus', 'account', 2, 2],
  ];
  const byName = (all: readonly unknown[][]) =>
    [...all].sort((one, other) => (String(one) < String(other) ? -1 : 1));
  t.same(byName(await quotas('/api/quotas', ann)), byName(shown));
  const accounts = await quotas('/api/quotas/tenants?tenant_id=a', root);
  t.same(byName(accounts), byName([...shown, ['gpus', 'account', 0, 2]]));
  t.match(
    await api.say('PUT', '/api/quotas/tenants/a/gpus', { limit: '4' }, root),
    { status: 400, body: /gpus is limited by MUSTER_GPU_QUOTA on the servers/ },
    'their limits cannot be set here',
  );
});

void t.test('shows an auditor the usage of all tenants, and the events of refused requests', async (t) => {
  const scene = await tasksScene(t, LIMITED);
  const { api, ann, auditor } = scene;
  for (const name of ['one', 'two', 'three']) await make(scene, ann, name);
  const all = (await api.say('GET', '/api/quotas/tenants', undefined, auditor)).json() as { data: Quota[] };
  t.match(
    all.data.find(({ quota, holder }) => quota === 'tasks' && holder === 'a'),
    { of: 'tenant', used: 2, limit: 3 },
  );
  const events = await api.say('GET', '/audit/events?type=QuotaRefused', undefined, auditor);
  const [event, ...more] = events.body.trim().split('\n');
  t.match(JSON.parse(event ?? ''), { type: 'QuotaRefused', data: { quota: 'tasks', limit: 2, used: 2 } });
  t.same(more, []);
  const set = await api.say('PUT', '/api/quotas/tenants/a/tasks', { limit: '9' }, auditor);
  t.equal(set.status, 403, 'an auditor changes nothing');
});

void t.test('lets only an administrator set limits', async (t) => {
  const scene = await tasksScene(t, settingsWith(DEFAULT_LIMITS));
  const { api, root, ann } = scene;
  const set = async (path: string, body: object, who = root) =>
    await api.say('PUT', `/api/quotas/tenants/${path}`, body, who);
  t.equal((await set('a/tasks', { limit: '9999' }, ann)).status, 403);
  t.equal((await set('a/tasks', { limit: '50%' })).status, 400);
  t.equal((await set('a/unknown', { limit: '5' })).status, 400);
  t.match((await set('a/tasks', { limit: '1' })).json(), {
    data: { quota: 'tasks', of: 'tenant', holder: 'a', rule: '1' },
  });
  t.equal((await make(scene, ann, 'one')).status, 201);
  t.equal((await make(scene, ann, 'two')).status, 403);
  t.match((await set('a/tasks', { limit: null })).json(), { data: { rule: '1000' } });
  t.equal((await make(scene, ann, 'two')).status, 201);
});
