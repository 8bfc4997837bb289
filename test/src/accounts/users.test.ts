import t from 'tap';
import { canBeOthers, NOBODY, requestAs } from '../../fixtures/other-user.js';
import { required } from '../../fixtures/requirement.js';
import { openTestApi, type TestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';
import { LOCAL_ACTOR } from '../../fixtures/local-actor.js';

const PASSWORD = 'password123';

async function account(api: TestApi, username: string, role: 'admin' | 'user'): Promise<string> {
  const { position, userId } = await api.identity.registrations.register(
    { username, password: PASSWORD, role },
    commandContext(),
  );
  if (position !== undefined) await api.models.waitFor(position, 10_000);
  return userId;
}

async function logIn(api: TestApi, username: string): Promise<{ readonly authorization: string }> {
  const said = await api.say('POST', '/api/auth/login', { username, password: PASSWORD });
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
}

void t.test('keeps the last active administrator, by every route that could remove it', async (t) => {
  const api = await openTestApi(t);
  const ann = await account(api, 'ann', 'admin');
  const bob = await account(api, 'bob', 'admin');
  const asAnn = await logIn(api, 'ann');
  const role = async (id: string, wanted: string) =>
    (await api.say('PUT', `/api/auth/users/${id}/role`, { role: wanted }, asAnn)).status;
  t.equal(await role(bob, 'user'), 200, 'another administrator is left');
  const refusals = [
    ['PUT', `/api/auth/users/${ann}/role`, { role: 'user' }],
    ['POST', `/api/auth/users/${ann}/deactivate`, undefined],
    ['DELETE', `/api/auth/users/${ann}`, undefined],
    ['PUT', `/api/v1/admin/users/${ann}/role`, { role: 'user' }],
    ['PUT', `/api/v1/admin/users/${ann}/deactivate`, undefined],
  ] as const;
  for (const [method, url, body] of refusals) {
    const said = await api.say(method, url, body, asAnn);
    t.equal(said.status, 409, `${method} ${url}`);
    t.match(said.body, /last active administrator/);
  }
  t.equal((await api.say('GET', '/api/auth/users', undefined, asAnn)).status, 200, 'ann still is one');
  t.equal(await role(bob, 'admin'), 200);
  t.equal(await role(ann, 'user'), 200, 'one of two may leave');
});

void t.test('keeps one of two administrators who remove each other at the same time', async (t) => {
  const api = await openTestApi(t);
  const [ann, bob] = [await account(api, 'ann', 'admin'), await account(api, 'bob', 'admin')];
  const removals = await Promise.allSettled([
    api.identity.users.changeRole(ann, 'user', commandContext()),
    api.identity.users.setActive(bob, false, commandContext()),
  ]);
  t.same(removals.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

void t.test('lets root on loopback repair accounts without logging in, and nobody else', async (t) => {
  if (!required(t, canBeOthers(), 'root, and setpriv')) return;
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' },
  });
  const ann = await account(api, 'ann', 'user');
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as { port: number };
  const base = `http://127.0.0.1:${port}/api/auth/users`;
  const changes = [
    { method: 'GET', url: `${base}?username=ann` },
    { method: 'PUT', url: `${base}/${ann}/role`, body: { role: 'admin' } },
    { method: 'PUT', url: `${base}/${ann}/password`, body: { password: 'another-password' } },
    { method: 'POST', url: `${base}/${ann}/reactivate` },
  ] as const;
  for (const change of changes) {
    t.equal((await requestAs(NOBODY, change)).status, 401, `${change.method} ${change.url} as another user`);
    const foreign = { ...change, headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' } };
    t.not(
      (await requestAs(0, foreign)).status,
      200,
      `${change.method} ${change.url} for a page of another origin`,
    );
  }
  for (const change of changes)
    t.equal((await requestAs(0, change)).status, 200, `${change.method} ${change.url}`);
  const document = await api.identity.users.document(ann);
  t.equal(document?.role, 'admin');
  const changed = (await api.events()).find(({ type }) => type === 'UserRoleChanged');
  t.match(changed?.metadata, `"actor":"${LOCAL_ACTOR}"`);
});
