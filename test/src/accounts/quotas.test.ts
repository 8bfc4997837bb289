import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { NO_QUOTAS, quotas, type DefaultLimits, type QuotaName } from '#domain/accounts/quota/index.js';
import { untilNextDay } from '#projections/accounts/log-usage.js';
import { Quotas, type QuotasOptions } from '#src/accounts/quotas.js';
import { cookieIn } from '../../fixtures/cookie.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi, type Said } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

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

/** The API with accounts of tenant `a`. On paths that conda shares with tasks, a request `byCookie` reaches conda. */
async function scene(t: Test, limits: Limits, clock: Clock = systemClock) {
  const api = await openTestApi(t, { ...settingsWith(limits), clock });
  const context = commandContext({ commandId: 'c', actor: 'x', surface: 'auth' });
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

/** Each request with the quota that it exceeds and the status of its refusal. */
const REFUSALS: readonly (readonly [name: string, limits: Limits, asked: Asked, status: number])[] = [
  ['a second task', { tasks: '1' }, twoTasks, 403],
  ['a conda task', { tasks: '0' }, condaTask, 403],
  ['a second run within a minute', { runs_per_minute: '1' }, triggered, 429],
  ['a task with too many slots', { slots: '2' }, makeTask({ resources: { slots: 3 } }), 403],
  ['any task if the slot quota is 0', { slots: '0' }, makeTask({}), 403],
  ['a task with too much CPU', { cpu: '300' }, makeTask({ resources: { cpu: 400 } }), 403],
  ['a task with too much memory', { memory: '300' }, makeTask({ resources: { memory: 400 } }), 403],
  ['an update that makes a task too large', { cpu: '300' }, changed, 403],
  ['a task that notifies', { notifications: '0' }, makeTask({ notify }), 403],
  ['a conda task with too much CPU', { cpu: '300' }, condaTask, 403],
  ['a conda task with too much memory', { memory: '300' }, condaTask, 403],
  ['an environment', { memory: '300' }, environment, 403],
  ['a service with too much CPU', { cpu: '300' }, service, 403],
  ['a service with too much memory', { memory: '300' }, service, 403],
  ['a GPU claim', { cpu: '300' }, claim, 403],
  ['a GPU claim with too much memory', { memory: '300' }, claim, 403],
  ['a task', { log_bytes_per_day: '0' }, makeTask({}), 429],
  ['a conda task', { log_bytes_per_day: '0' }, condaTask, 429],
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

void t.test('refuses a request that exceeds a quota, and reports the quota', async (t) => {
  // Runs are counted per minute of the clock, and two runs of this test must be in the same minute.
  const now = Date.now();
  const { api, account } = await scene(t, {}, { ...systemClock, now: () => now });
  const root = await account('root', 'admin', 'r');
  for (const [index, [name, limits, asked, status]] of REFUSALS.entries()) {
    const [[quota, limit] = []] = Object.entries(limits);
    const tenant = `t${index}`;
    const user = await account(`user${index}`, 'user', tenant);
    t.equal((await root.say('PUT', `/api/quotas/tenants/${tenant}/${quota}`, { limit })).status, 200);
    const said = await asked(user);
    t.equal(said.status, status, `${name}: ${said.body}`);
    t.match(said.body, `quota ${quota} of your tenant`, name);
    const seconds = Number(said.headers['retry-after']);
    if (status === 429)
      t.ok(seconds >= 1 && seconds <= 86_400, `${name}: the response has a valid Retry-After header`);
  }
  const recorded = (await api.events()).filter(({ type }) => type === 'QuotaRefused');
  t.equal(recorded.length, REFUSALS.length, 'each refusal is recorded');
});

void t.test('applies no quota to administrators', async (t) => {
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

void t.test('refuses no request because of a quota in percent, because the cluster may grow', async (t) => {
  const { account } = await scene(t, { cpu: '1%', slots: '1%' });
  t.equal((await makeTask({ resources: { cpu: 100_000, slots: 50 } })(await account('ann'))).status, 201);
});

void t.test('counts log bytes for the tenant and its accounts, per day', async (t) => {
  // The count starts again at midnight, which must not come in the middle of the test.
  const left = untilNextDay(Date.now());
  if (left < 60_000) await pause(left);
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
    `${own?.used} bytes are used, ${before} before the task`,
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
    /over the quota log_bytes_per_day of your tenant: [\d.]+ KiB of 97\.7 KiB are used; try again in \d+ seconds?/,
  );
  t.equal((await makeTask({})(abe)).status, 429, 'the quota applies to the whole tenant');
  t.equal((await makeTask({})(ben)).status, 201, 'another tenant has its own quota');
  const { data } = (await ann.say('GET', '/api/tasks')).json() as { data: { id: number }[] };
  t.equal(
    (await ann.say('DELETE', `/api/tasks/${data[0]?.id}`)).status,
    204,
    'a deletion is accepted despite the used-up quota',
  );
  const limit = { limit: '10000000' };
  t.equal((await root.say('PUT', '/api/quotas/tenants/a/log_bytes_per_day', limit)).status, 200);
  t.equal(
    (await makeTask({})(ann)).status,
    201,
    'a task is accepted again after an administrator raises the limit',
  );
});

void t.test(
  'repeats earlier responses while the log quota is used up, and refuses new commands',
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
    t.equal((await api.events()).length, before, 'no further event is written');
    for (const [method, url, body, key] of commands) {
      const refused = await send([
        method,
        url,
        body === template ? { ...template, type: 'another' } : body,
        `another-${key}`,
      ]);
      t.equal(refused.status, 429, `${url}: ${refused.body}`);
      t.match(refused.body, 'over the quota log_bytes_per_day of your tenant');
    }
    t.equal(
      (await send(['POST', '/api/tasks', call(), 'a'])).status,
      422,
      'the key was used with another body',
    );
    t.equal((await api.events()).filter(({ type }) => type === 'QuotaRefused').length, 1);
  },
);

void t.test(
  'uses the last known values while the read models are unavailable, so that no command fails',
  async (t) => {
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
    const asked = new Quotas({
      executor,
      readModels,
      clock,
      defaults: NO_QUOTAS,
    } as unknown as QuotasOptions);
    const ann = { tenantId: 'a', account: 'ann' };
    t.equal(await asked.logExcess(ann), undefined);
    away = false;
    clock.at = 61_000;
    t.match(await asked.logExcess(ann), { quota: 'log_bytes_per_day', limit: 0 });
    away = true;
    clock.at = 122_000;
    t.match(await asked.logExcess(ann), { quota: 'log_bytes_per_day', limit: 0 });
  },
);
