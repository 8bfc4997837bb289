import t from 'tap';
import { NODE_SECRET_HEADER } from '#domain/protocol/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { openTestApi, aJob, type TestApi } from './support/test-api.js';

const PASSWORD = 'password123';
const JOIN = 'a-join-token-of-some-length';
const reachable = { settings: { testApiKey: 'test-key', joinToken: JOIN, host: '0.0.0.0' } };

async function logIn(api: TestApi, username: string): Promise<{ authorization: string }> {
  const said = await api.say('POST', '/api/auth/login', { username, password: PASSWORD });
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
}

async function admin(api: TestApi): Promise<{ authorization: string }> {
  await firstAdministrator(
    api.identity,
    { username: 'root', password: PASSWORD },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  return await logIn(api, 'root');
}

const registration = (node_id: string) => ({
  node_id,
  ip_address: '10.0.0.1',
  resources: { cpu: 1000, memory: 1000 },
  healthy: true,
  endpoint: 'http://10.0.0.1:9000',
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

void t.test('refuses to start with a route that has no access policy', async (t) => {
  await t.rejects(
    openTestApi(t, {}, (app) => {
      app.get('/planted', async () => 'open to all');
    }),
    /routes without an access policy \(config\.access\): GET \/planted/,
  );
});

void t.test(
  "requires an administrator's token or key on a reachable server, before the body is read",
  async (t) => {
    const api = await openTestApi(t, reachable);
    const root = await admin(api);
    await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD });
    const ann = await logIn(api, 'ann');
    const key = async (who: { authorization: string }, scopes: string[]) =>
      bearer(
        (
          (await api.say('POST', '/api/auth/api-keys', { name: 'k', scopes }, who)).json() as {
            api_key: string;
          }
        ).api_key,
      );
    for (const [headers, status] of [
      [{}, 401],
      [bearer(JOIN), 401],
      [bearer('x'), 401],
      [{ authorization: 'Basic cm9vdDpwYXNzd29yZDEyMw==' }, 401],
      [{ 'x-api-key': 'test-key' }, 401],
      [ann, 403],
      [await key(ann, ['cluster']), 403],
      [await key(root, ['gpu']), 403],
      [await key(root, ['cluster']), 200],
      [root, 200],
    ] as const) {
      t.equal(
        (await api.say('GET', '/jobs', undefined, headers)).status,
        status,
        JSON.stringify(headers).slice(0, 60),
      );
      t.equal((await api.say('POST', '/jobs', aJob(), headers)).status, status);
      if (status !== 200)
        t.equal(
          (
            await api.say('POST', '/jobs', 'x'.repeat(600_000), {
              'content-type': 'application/json',
              ...headers,
            })
          ).status,
          status,
          'the caller is checked before the body',
        );
      t.equal(
        (await api.say('GET', '/audit/events?limit=1', undefined, headers)).status,
        status === 200 && headers !== root ? 403 : status,
      );
    }
    const events = await api.events();
    t.ok(
      events.some(
        ({ type, metadata }) => type === 'JobSubmitted' && /"actor":"user:[0-9a-f-]{36}"/.test(metadata),
      ),
    );
    for (const path of ['/livez', '/readyz', '/openapi/gpu.json', '/docs'])
      t.ok((await api.say('GET', path)).status < 400, path);
  },
);

void t.test('grants no access through unusual forms of a URL', async (t) => {
  const api = await openTestApi(t, reachable);
  for (const path of [
    '//jobs',
    '/jobs/',
    '/JOBS',
    '/jobs/livez',
    '/jobs%2flivez',
    '/livez/../jobs',
    '/jobs;/livez',
    '/jobs?/livez',
    '/jobs..%00',
    '/docs/../jobs',
    '/docs/%2e%2e/jobs',
    '/openapi/../jobs',
    '/jobs#/docs',
    '/./jobs',
    '/api/auth/login/../users',
    '/api/auth/users/',
    '/api/auth/users?x=/api/auth/login',
  ]) {
    const { status, body } = await api.say('GET', path);
    t.ok(status === 401 || status === 404 || status === 400, `${path} ${status}`);
    t.notMatch(body, /"jobs":|"users":/);
  }
});

void t.test('requires no credential from operators on loopback, but refuses a wrong one', async (t) => {
  const api = await openTestApi(t);
  const root = await admin(api);
  t.equal((await api.say('GET', '/jobs')).status, 200);
  t.equal((await api.say('GET', '/jobs', undefined, root)).status, 200);
  t.equal((await api.say('GET', '/jobs', undefined, bearer('x'))).status, 401);
});

void t.test('lets a node join with the token, and then accepts only its own secret', async (t) => {
  const api = await openTestApi(t, reachable);
  const root = await admin(api);
  const register = (id: string, headers: Record<string, string>) =>
    api.say('POST', '/register', registration(id), headers);
  const beat = async (id: string, headers: Record<string, string>): Promise<number> =>
    (await api.say('POST', '/heartbeat', { node_id: id, healthy: true, resources: {} }, headers)).status;
  const desired = async (id: string, headers: Record<string, string>): Promise<number> =>
    (await api.say('GET', `/nodes/${id}/desired`, undefined, headers)).status;

  for (const headers of [{}, bearer('x'), bearer('musnode_bjE_x'), root])
    t.equal((await register('n1', headers)).status, 401);
  const joined = await register('n1', bearer(JOIN));
  t.equal(joined.status, 200);
  const secret = bearer(String(joined.headers[NODE_SECRET_HEADER]));
  t.equal(await beat('n1', bearer(JOIN)), 200, 'a basic agent can continue to use the join token');
  const other = bearer(String((await register('n2', bearer(JOIN))).headers[NODE_SECRET_HEADER]));
  t.equal(await beat('n1', other), 401, 'the secret of one node is not valid for another');
  t.equal((await register('n3', other)).status, 401);

  t.equal(await beat('n1', secret), 200);
  for (const headers of [bearer(JOIN), other]) {
    t.equal(await beat('n1', headers), 401);
    t.equal(await desired('n1', headers), 401);
    t.equal((await register('n1', headers)).status, 401);
  }
  t.same(
    [await beat('n1', secret), await desired('n1', secret), (await register('n1', secret)).status],
    [200, 200, 200],
  );
  t.equal((await register('n1', secret)).headers[NODE_SECRET_HEADER], undefined);
  t.equal(await beat('n2', bearer(JOIN)), 200);
  t.equal(
    (await api.say('GET', '/jobs', undefined, secret)).status,
    401,
    'a node does not have the rights of an operator',
  );
  for (const event of await api.events()) t.notOk(event.data.includes(secret.authorization.slice(7)));
});

void t.test('lets a node with a revoked secret join again with the token', async (t) => {
  const api = await openTestApi(t, reachable);
  const root = await admin(api);
  const { id } = (await api.say('POST', '/api/nodes/register', { hostname: 'gpu-1' })).json() as {
    id: string;
  };
  const register = (headers: Record<string, string>) =>
    api.say('POST', '/register', registration(id), headers);
  const beat = async (headers: Record<string, string>): Promise<number> =>
    (await api.say('POST', '/heartbeat', { node_id: id, healthy: true, resources: {} }, headers)).status;
  const secret = bearer(String((await register(bearer(JOIN))).headers[NODE_SECRET_HEADER]));
  t.equal(await beat(secret), 200);
  t.equal((await register(bearer(JOIN))).status, 401, 'a reinstalled machine cannot join with the token');

  const revoke = async (which: string): Promise<number> =>
    (await api.say('DELETE', `/api/nodes/${which}/secret`, undefined, root)).status;
  t.same([await revoke('none'), await revoke('a%20b'), await revoke(id)], [404, 404, 200]);
  t.equal(await beat(secret), 401, 'the revoked secret is invalid immediately');
  const other = bearer(String((await register(bearer(JOIN))).headers[NODE_SECRET_HEADER]));
  t.not(other.authorization, secret.authorization);
  t.same(
    [
      await beat(bearer(JOIN)),
      await beat(other),
      await beat(other),
      await beat(bearer(JOIN)),
      await beat(secret),
    ],
    [200, 200, 200, 401, 401],
  );
  t.equal(await revoke(id), 200);
  t.same([await beat(other), await beat(secret)], [401, 401]);
  const heard = await api.say(
    'POST',
    '/heartbeat',
    { node_id: id, healthy: true, resources: {} },
    { ...bearer(JOIN), 'x-muster-agent': '1' },
  );
  const third = bearer(String((await register(bearer(JOIN))).headers[NODE_SECRET_HEADER]));
  t.equal(
    bearer(String(heard.headers[NODE_SECRET_HEADER])).authorization,
    third.authorization,
    "Muster's agent also receives the secret with a heartbeat",
  );
  t.same([await beat(third), await beat(other)], [200, 401]);
});

void t.test('revokes a secret once for a repeated command', async (t) => {
  const api = await openTestApi(t, reachable);
  const root = await admin(api);
  const { id } = (await api.say('POST', '/api/nodes/register', { hostname: 'gpu-1' })).json() as {
    id: string;
  };
  const register = async (): Promise<{ authorization: string }> =>
    bearer(
      String(
        (await api.say('POST', '/register', registration(id), bearer(JOIN))).headers[NODE_SECRET_HEADER],
      ),
    );
  const beat = async (headers: Record<string, string>): Promise<number> =>
    (await api.say('POST', '/heartbeat', { node_id: id, healthy: true, resources: {} }, headers)).status;
  const revoke = (key: string) =>
    api.say('DELETE', `/api/nodes/${id}/secret`, undefined, { ...root, 'idempotency-key': key });
  const events = async (): Promise<number> =>
    (await api.events()).filter(({ type }) => type === 'NodeSecretRevoked').length;

  t.equal(await beat(await register()), 200);
  const first = await revoke('once');
  t.equal(first.status, 200);
  const second = await register();
  t.equal(await beat(second), 200);
  const again = await revoke('once');
  t.same([again.status, again.json()], [200, first.json()]);
  t.same([await beat(second), await events()], [200, 1], 'the new secret is still valid');
  t.equal((await revoke('twice')).status, 200);
  t.same([await beat(second), await events()], [401, 2]);
});

void t.test('hides jobs of other surfaces, and refuses to change them on the cluster surface', async (t) => {
  const api = await openTestApi(t);
  const root = await admin(api);
  await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD });
  const ann = await logIn(api, 'ann');
  const sent = { task_groups: [{ name: 'g', tasks: [{ name: 't', config: { command: 'true' } }] }] };
  const specification = {
    task_groups: [{ name: 'g', tasks: [{ name: 't', driver: 'exec', config: { command: 'true' } }] }],
  };
  await api.happened({
    type: 'JobSubmitted',
    data: {
      jobId: 'gpu.claim-1',
      evaluationId: 'e1',
      specification,
      owner: { surface: 'gpu', tenant: null, principal: 'user:1' },
    },
  });
  for (const [headers, read, write] of [
    [{}, 404, 404],
    [ann, 403, 403],
    [root, 200, 403],
  ] as const) {
    t.equal((await api.say('GET', '/jobs/gpu.claim-1', undefined, headers)).status, read);
    t.equal((await api.say('PUT', '/jobs/gpu.claim-1', sent, headers)).status, write);
    t.equal((await api.say('DELETE', '/jobs/gpu.claim-1', undefined, headers)).status, write);
    t.equal((await api.say('POST', '/jobs/gpu.claim-1/restart', undefined, headers)).status, write);
    t.equal((await api.say('POST', '/jobs/gpu.claim-1/delete', undefined, headers)).status, write);
    t.equal(
      (await api.say('POST', '/jobs', aJob({ job_id: 'gpu.claim-1' }), headers)).status,
      headers === ann ? 403 : 400,
    );
    if (headers !== ann)
      t.same(((await api.say('GET', '/jobs', undefined, headers)).json() as { jobs: unknown[] }).jobs, []);
  }
  t.equal((await api.events()).filter(({ stream }) => stream.startsWith('job-')).length, 1);
});
