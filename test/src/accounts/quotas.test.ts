import t, { type Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { NO_QUOTAS, quotas, type DefaultLimits, type QuotaName } from '#domain/accounts/quota/index.js';
import { Quotas, type QuotasOptions } from '#src/accounts/quotas.js';
import { cookieIn } from '../../fixtures/cookie.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi, type Said } from '../surfaces/kit/support/test-api.js';

const PASSWORD = 'password123';
type Limits = Partial<Record<QuotaName, string>>;
type Say = (
  method: string,
  url: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Said>;

const settingsWith = (limits: Limits) => {
  const set = Object.entries(limits).map(([quota, tenant]) => [quota, { tenant, account: 'unlimited' }]);
  const quotas: DefaultLimits = { ...NO_QUOTAS, ...(Object.fromEntries(set) as Partial<DefaultLimits>) };
  return { settings: { testApiKey: 'test-key', joinToken: undefined, host: '0.0.0.0', quotas } };
};

/** The API with accounts of tenant `a`. `byCookie`: calls conda on paths that it shares with tasks. */
async function scene(t: Test, limits: Limits) {
  const api = await openTestApi(t, settingsWith(limits));
  const context = {
    commandId: 'c',
    repeatable: false,
    bodyDigest: '',
    correlationId: 'c',
    causationId: 'c',
    actor: 'x',
    surface: 'auth',
  };
  const account = async (
    username: string,
    role: 'user' | 'admin' = 'user',
    tenantId = 'a',
  ): Promise<{ readonly say: Say; readonly byCookie: Say }> => {
    await api.identity.registrations.register(
      { username, password: PASSWORD, role, tenantId, execute: true },
      { ...context, commandId: username },
    );
    const { token } = (await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as {
      token: string;
    };
    const cookie = cookieIn((await api.say('POST', '/login', { username, password: PASSWORD })).headers);
    const with_ =
      (own: Readonly<Record<string, string>>): Say =>
      async (method, url, body, headers = {}) =>
        await api.say(method, url, body, { ...own, ...headers });
    return { say: with_({ authorization: `Bearer ${token}` }), byCookie: with_({ cookie }) };
  };
  return { api, account };
}

type Asked = (who: { readonly say: Say; readonly byCookie: Say }) => Promise<Said>;
let made = 0;
const call = (more: object = {}): object => ({
  name: `task-${(made += 1)}`,
  executor: 'http',
  url: 'https://example.com/',
  ...more,
});
const makeTask =
  (more: object): Asked =>
  async ({ say }) =>
    await say('POST', '/api/tasks', call(more));
const triggered: Asked = async (who) => {
  const task = (await makeTask({})(who)).json() as { data: { id: number } };
  await who.say('POST', `/api/tasks/${task.data.id}/trigger`);
  return await who.say('POST', `/api/tasks/${task.data.id}/trigger`);
};
const changed: Asked = async (who) => {
  const task = (await makeTask({})(who)).json() as { data: { id: number } };
  return await who.say('PUT', `/api/tasks/${task.data.id}`, { resources: { cpu: 400, memory: 400 } });
};
const condaTask: Asked = async ({ byCookie }) =>
  await byCookie('POST', '/api/tasks', {
    conda_env: 'data',
    script: 'print(1)',
    requirements: 'a',
    cpu: 400,
    memory_mb: 400,
    cron_expression: '0 0 1 1 *',
  });
const service: Asked = async ({ say }) =>
  await say('POST', '/api/v1/services', {
    name: 'web',
    type: `t${(made += 1)}`,
    config: { image: 'web:1', resources: { cpu: 400, memory: 400 } },
  });
const claim: Asked = async ({ say }) =>
  await say('POST', '/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: 1 } } });
const environment: Asked = async ({ byCookie }) =>
  await byCookie('POST', '/api/conda/environment', { name: 'env' });
const twoTasks: Asked = async (who) => {
  await makeTask({})(who);
  return await makeTask({})(who);
};
const notify = { on: ['failure'], url: 'https://example.com/hook' };

/** A request, the quota it exceeds, and its refusal. */
const REFUSALS: readonly (readonly [name: string, limits: Limits, asked: Asked, status: number])[] = [
  ['a second task', { tasks: '1' }, twoTasks, 403],
  ['a task of conda', { tasks: '0' }, condaTask, 403],
  ['a second run within a minute', { runs_per_minute: '1' }, triggered, 429],
  ['a task of many slots', { slots: '2' }, makeTask({ resources: { slots: 3 } }), 403],
  ['any task without slots', { slots: '0' }, makeTask({}), 403],
  ['a task of much CPU', { cpu: '300' }, makeTask({ resources: { cpu: 400 } }), 403],
  ['a task of much memory', { memory: '300' }, makeTask({ resources: { memory: 400 } }), 403],
  ['a task that becomes large', { cpu: '300' }, changed, 403],
  ['a task that notifies', { notifications: '0' }, makeTask({ notify }), 403],
  ['a task of conda of much CPU', { cpu: '300' }, condaTask, 403],
  ['a task of conda of much memory', { memory: '300' }, condaTask, 403],
  ['an environment', { memory: '300' }, environment, 403],
  ['a service of much CPU', { cpu: '300' }, service, 403],
  ['a service of much memory', { memory: '300' }, service, 403],
  ['a GPU claim', { cpu: '300' }, claim, 403],
  ['a GPU claim of much memory', { memory: '300' }, claim, 403],
  ['a task', { log_bytes_per_day: '0' }, makeTask({}), 429],
  ['a task of conda', { log_bytes_per_day: '0' }, condaTask, 429],
  ['an environment', { log_bytes_per_day: '0' }, environment, 429],
  ['a service', { log_bytes_per_day: '0' }, service, 429],
  ['a GPU claim', { log_bytes_per_day: '0' }, claim, 429],
  [
    'a secret',
    { log_bytes_per_day: '0' },
    async ({ say }) => await say('PUT', '/api/secrets/pw', { value: 'x' }),
    429,
  ],
];

void t.test('what passes a quota is refused, and the refusal names the quota', async (t) => {
  const { api, account } = await scene(t, {});
  const root = await account('root', 'admin', 'r');
  for (const [index, [name, limits, asked, status]] of REFUSALS.entries()) {
    const [[quota, limit] = []] = Object.entries(limits);
    const tenant = `t${index}`;
    const user = await account(`user${index}`, 'user', tenant);
    t.equal((await root.say('PUT', `/api/quotas/tenants/${tenant}/${quota}`, { limit })).status, 200);
    const said = await asked(user);
    t.equal(said.status, status, `${name}: ${said.body}`);
    t.match(said.body, `quota ${quota} of the tenant ${tenant}`, name);
    const seconds = Number(said.headers['retry-after']);
    if (status === 429) t.ok(seconds >= 1 && seconds <= 86_400, `${name}: Retry-After`);
  }
  const recorded = (await api.events()).filter(({ type }) => type === 'QuotaRefused');
  t.equal(recorded.length, REFUSALS.length, 'each is recorded');
});

void t.test('administrators are bound by no quota', async (t) => {
  const { account } = await scene(t, {
    cpu: '300',
    slots: '0',
    runs_per_minute: '0',
    notifications: '0',
    tasks: '0',
    log_bytes_per_day: '0',
  });
  const root = await account('root', 'admin');
  for (const asked of [makeTask({ notify, resources: { cpu: 400 } }), triggered, service, claim])
    t.ok((await asked(root)).status < 300);
});

void t.test('a share of the cluster refuses nothing, as the cluster may grow', async (t) => {
  const { account } = await scene(t, { cpu: '1%', slots: '1%' });
  t.equal((await makeTask({ resources: { cpu: 100_000, slots: 50 } })(await account('ann'))).status, 201);
});

void t.test(
  'bytes in the log are counted for the tenant and its accounts, and end with the day',
  async (t) => {
    const { api, account } = await scene(t, { log_bytes_per_day: '100000' });
    const [ann, abe, ben, root] = [
      await account('ann'),
      await account('abe'),
      await account('ben', 'user', 'b'),
      await account('root', 'admin', 'r'),
    ];
    interface Quota {
      readonly quota: string;
      readonly of: string;
      readonly used: number;
      readonly limit: number | null;
    }
    const usage = async ({ say }: typeof ann, of: string): Promise<Quota | undefined> =>
      ((await say('GET', '/api/quotas')).json() as { data: Quota[] }).data.find(
        (each) => each.quota === 'log_bytes_per_day' && each.of === of,
      );
    const before = (await usage(ann, 'account'))?.used ?? 0;
    t.equal((await makeTask({ method: 'POST', body: 'b'.repeat(30_000) })(ann)).status, 201);
    await api.caughtUp();
    const own = await usage(ann, 'account');
    t.ok(
      own !== undefined && own.used - before > 40_000 && own.used - before < 50_000,
      `${own?.used} bytes, ${before} before`,
    );
    const ofTenant = await usage(abe, 'tenant');
    t.equal(ofTenant?.limit, 100_000);
    t.ok((ofTenant?.used ?? 0) > 40_000);
    t.ok(((await usage(abe, 'account'))?.used ?? 0) < 10_000);
    const large = { method: 'POST', body: 'b'.repeat(50_000) };
    const refused = await eventually(async () => {
      const said = await makeTask(large)(ann);
      return said.status === 201 ? undefined : said;
    });
    t.match(
      refused.body,
      /over the quota log_bytes_per_day of the tenant a: \d+ of 100000 are used; try again in \d+ seconds/,
    );
    t.equal((await makeTask({})(abe)).status, 429, 'the quota is the tenant’s');
    t.equal((await makeTask({})(ben)).status, 201, 'another tenant has its own');
    const { data } = (await ann.say('GET', '/api/tasks')).json() as { data: { id: number }[] };
    t.equal(
      (await ann.say('DELETE', `/api/tasks/${data[0]?.id}`)).status,
      204,
      'what ends something may be asked for',
    );
    const limit = { limit: '10000000' };
    t.equal((await root.say('PUT', '/api/quotas/tenants/a/log_bytes_per_day', limit)).status, 200);
    t.equal((await makeTask({})(ann)).status, 201, 'an administrator gives it more');
  },
);

void t.test(
  'a repeated command gets its first response while the bytes of the day are used up, and a new one with a key is refused',
  async (t) => {
    const { api, account } = await scene(t, {});
    const [ann, root] = [await account('ann'), await account('root', 'admin', 'r')];
    const task = call();
    const template = { name: 'web', type: 'own', config: { image: 'web:1' } };
    const commands: readonly (readonly [method: string, url: string, body: unknown, key: string])[] = [
      ['POST', '/api/tasks', task, 'a'],
      ['PUT', '/api/secrets/pw', { value: 'x' }, 'b'],
      ['POST', '/api/v1/services', template, 'c'],
      ['POST', '/api/tasks/1/trigger', undefined, 'd'],
    ];
    const send = async ([method, url, body, key]: (typeof commands)[number]) =>
      await ann.say(method, url, body, { 'idempotency-key': key });
    const first: Said[] = [];
    for (const command of commands) first.push(await send(command));
    for (const [index, { status, body }] of first.entries())
      t.ok(status < 300, `${commands[index]?.[1]}: ${status} ${body}`);
    t.equal((await root.say('PUT', '/api/quotas/tenants/a/log_bytes_per_day', { limit: '0' })).status, 200);
    const before = (await api.events()).length;
    for (const [index, command] of commands.entries()) {
      const again = await send(command);
      const timeless = ({ body }: Said): string =>
        body.replace(/"timestamp":"[^"]*"|"unfinished_runs":\d+/g, '');
      t.same([again.status, timeless(again)], [first[index]?.status, timeless(first[index]!)], command[1]);
    }
    t.equal((await api.events()).length, before, 'nothing more is written');
    for (const [method, url, body, key] of commands) {
      const refused = await send([
        method,
        url,
        body === template ? { ...template, type: 'another' } : body,
        `another-${key}`,
      ]);
      t.equal(refused.status, 429, `${url}: ${refused.body}`);
      t.match(refused.body, 'over the quota log_bytes_per_day of the tenant a');
    }
    t.equal((await send(['POST', '/api/tasks', call(), 'a'])).status, 422, 'the key is of another body');
    t.equal((await api.events()).filter(({ type }) => type === 'QuotaRefused').length, 1);
  },
);

void t.test('no command fails for read models that are away: what was known last counts', async (t) => {
  let away = true;
  const state = { ...quotas.decider.initialState, limits: new Map([[' log_bytes_per_day', '0']]) };
  const executor = {
    load: async (aggregate: { readonly category: string }) =>
      aggregate.category === quotas.category ? state : { kind: 'absent' },
  };
  const readModels = {
    async *list() {
      if (away)
        throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
          model: 'logUsage',
          problem: 'it is being built',
        });
    },
  };
  const clock = { at: 0, now: () => clock.at };
  const asked = new Quotas({ executor, readModels, clock, defaults: NO_QUOTAS } as unknown as QuotasOptions);
  const ann = { tenantId: 'a', account: 'ann' };
  t.equal(await asked.logExcess(ann), undefined);
  away = false;
  clock.at = 61_000;
  t.match(await asked.logExcess(ann), { quota: 'log_bytes_per_day', limit: 0 });
  away = true;
  clock.at = 122_000;
  t.match(await asked.logExcess(ann), { quota: 'log_bytes_per_day', limit: 0 });
});
