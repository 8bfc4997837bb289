import t, { type Test } from 'tap';
import { cookieIn } from '../../../../fixtures/cookie.js';
import { openTestApi, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const PASSWORD = 'password123';

async function scene(t: Test): Promise<{
  readonly api: TestApi;
  readonly root: string;
  readonly deputy: string;
  readonly tenantId: string;
}> {
  const api = await openTestApi(t);
  const { tenantId } = await api.identity.registrations.register(
    { username: 'root', password: PASSWORD, role: 'admin' },
    commandContext(),
  );
  await api.identity.registrations.register(
    { username: 'deputy', password: PASSWORD, role: 'tenant_admin', tenantId },
    commandContext(),
  );
  const logIn = async (username: string): Promise<string> =>
    cookieIn((await api.say('POST', '/login', { username, password: PASSWORD })).headers);
  return { api, root: await logIn('root'), deputy: await logIn('deputy'), tenantId };
}

void t.test("creates accounts in the administrator's tenant, with the right to execute", async (t) => {
  const { api, root, tenantId } = await scene(t);
  for (const [username, asked, role] of [
    ['newuser', { is_admin: false }, 'user'],
    ['second', {}, 'user'],
    ['chief', { is_admin: true }, 'admin'],
  ] as const) {
    const said = await api.say(
      'POST',
      '/create_user',
      { username, password: PASSWORD, ...asked },
      { cookie: root },
    );
    t.equal(said.status, 201);
    t.same(said.json(), {
      message: 'User created successfully',
      user: { username, is_admin: role === 'admin' },
    });
    const user = await api.identity.users.state((await api.identity.users.idOf(username)) ?? '');
    t.match(user, { kind: 'present', role, tenantId, execute: true, active: true });
    t.equal((await api.say('POST', '/login', { username, password: PASSWORD })).status, 200);
  }
});

void t.test("responds 400 with the contract's message to a taken name in any letter case", async (t) => {
  const { api, root } = await scene(t);
  const make = async (username: string) =>
    await api.say(
      'POST',
      '/create_user',
      { username, password: PASSWORD, is_admin: false },
      { cookie: root },
    );
  t.equal((await make('ann')).status, 201);
  for (const username of ['ann', 'ANN', 'Root']) {
    const said = await make(username);
    t.equal(said.status, 400);
    t.same(said.json(), { message: 'User already exists' });
  }
  const said = await Promise.all(Array.from({ length: 10 }, async () => await make('bob')));
  t.same(said.map(({ status }) => status).sort(), [201, ...Array.from({ length: 9 }, () => 400)]);
});

void t.test('lets only administrators create accounts, not tenant administrators', async (t) => {
  const { api, deputy } = await scene(t);
  for (const body of [{ username: 'x', password: PASSWORD, is_admin: true }, {}, '{']) {
    const said = await api.say('POST', '/create_user', body, {
      cookie: deputy,
      'content-type': 'application/json',
    });
    t.equal(said.status, 403);
    t.same(said.json(), { message: 'Unauthorized - Admin privileges required' });
  }
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'root', password: PASSWORD })
  ).json() as { token: string };
  for (const headers of [{}, { authorization: `Bearer ${token}` }] as Record<string, string>[]) {
    const said = await api.say('POST', '/create_user', { username: 'x', password: PASSWORD }, headers);
    t.equal(said.status, 401);
    t.same(said.json(), { message: 'Authentication required' });
  }
  t.equal(await api.identity.users.idOf('x'), undefined);
});

void t.test('responds 400 to an invalid account, and reports the field', async (t) => {
  const { api, root } = await scene(t);
  const wrong: readonly (readonly [object | string, RegExp])[] = [
    [{ password: PASSWORD }, /^username: /],
    [{ username: 'a b', password: PASSWORD }, /^username: /],
    [{ username: 'x'.repeat(65), password: PASSWORD }, /^username: /],
    [{ username: 'x' }, /^password: /],
    [{ username: 'x', password: 'short77' }, /^password: must be 8 to 128/],
    [{ username: 'x', password: PASSWORD, is_admin: 'true' }, /^is_admin: /],
    [{ username: 'x', password: PASSWORD, is_admin: null }, /^is_admin: /],
    ...['role', 'tenant_id', 'isAdmin', 'execute', 'user_id'].map(
      (key) =>
        [{ username: 'x', password: PASSWORD, [key]: 'admin' }, new RegExp(`^${key}: is not`)] as const,
    ),
  ];
  for (const [body, message] of wrong) {
    const said = await api.say('POST', '/create_user', body, { cookie: root });
    t.equal(said.status, 400, JSON.stringify(body));
    t.same(Object.keys(said.json()), ['message']);
    t.match(said.json(), { message });
  }
  t.equal(await api.identity.users.idOf('x'), undefined);
});

void t.test('returns the same account for a repeated key, and 422 for another body', async (t) => {
  const { api, root } = await scene(t);
  const headers = { cookie: root, 'idempotency-key': 'k1' };
  const body = { username: 'ann', password: PASSWORD, is_admin: false };
  const [one, two] = [
    await api.say('POST', '/create_user', body, headers),
    await api.say('POST', '/create_user', body, headers),
  ];
  t.same([one.status, two.status, two.json()], [201, 201, one.json()]);
  t.equal((await api.say('POST', '/create_user', { ...body, is_admin: true }, headers)).status, 422);
});
