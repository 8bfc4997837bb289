import t, { type Test } from 'tap';
import {
  bearer,
  madeElsewhere,
  SERVICES_PASSWORD,
  servicesLogin,
} from '../../../../fixtures/services-account.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';

interface Scene {
  readonly api: TestApi;
  register(username: string, email: string): Promise<number>;
  change(username: string, body: unknown, more?: Readonly<Record<string, string>>): Promise<Said>;
  me(username: string): Promise<Said>;
}

async function scene(t: Test): Promise<Scene> {
  const api = await openTestApi(t);
  const tokens = new Map<string, { readonly authorization: string }>();
  const tokenOf = async (username: string): Promise<{ readonly authorization: string }> => {
    const known = tokens.get(username) ?? bearer(await servicesLogin(api, username));
    tokens.set(username, known);
    return known;
  };
  const register = async (username: string, email: string): Promise<number> =>
    (
      await api.say('POST', '/api/v1/auth/register', {
        username,
        email,
        password: SERVICES_PASSWORD,
        first_name: 'John',
        last_name: 'Doe',
      })
    ).status;
  return {
    api,
    register,
    change: async (username, body, more = {}) =>
      await api.say('PUT', '/api/v1/users/me', body, { ...(await tokenOf(username)), ...more }),
    me: async (username) => await api.say('GET', '/api/v1/users/me', undefined, await tokenOf(username)),
  };
}

void t.test("returns all of the contract's fields for the caller's account", async (t) => {
  const { register, me } = await scene(t);
  await register('john_doe', 'john@example.com');
  const said = await me('john_doe');
  t.equal(said.status, 200);
  const { id, tenant_id, created_at, updated_at, ...rest } = said.json() as Record<string, unknown>;
  t.same(rest, {
    username: 'john_doe',
    email: 'john@example.com',
    first_name: 'John',
    last_name: 'Doe',
    role: 'user',
    is_active: true,
  });
  for (const uuid of [id, tenant_id])
    t.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  for (const time of [created_at, updated_at]) t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

void t.test('returns null for missing fields, and a stable UUID for the tenant', async (t) => {
  const { api, me, change } = await scene(t);
  const id = await madeElsewhere(api, 'ann', 'user', 'research');
  await madeElsewhere(api, 'bob', 'user', 'research');
  await madeElsewhere(api, 'cid', 'user', 'other');
  const said = (await me('ann')).json() as Record<string, unknown>;
  t.match(said, { id, email: null, first_name: null, last_name: null });
  t.match(said['tenant_id'], /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.match((await me('bob')).json(), { tenant_id: said['tenant_id'] });
  t.not(((await me('cid')).json() as Record<string, unknown>)['tenant_id'], said['tenant_id']);
  t.match((await change('ann', { first_name: 'Ann' })).json(), {
    first_name: 'Ann',
    last_name: null,
    email: null,
  });
});

void t.test('responds 401 without a valid token', async (t) => {
  const { api } = await scene(t);
  for (const headers of [
    {},
    { authorization: 'Bearer x' },
    { authorization: 'Basic x' },
    { cookie: 'session=x' },
  ] as Record<string, string>[]) {
    for (const [method, body] of [['GET'], ['PUT', { first_name: 'x' }], ['PUT', 'not JSON']] as const) {
      const said = await api.say(method, '/api/v1/users/me', body, headers);
      t.equal(said.status, 401);
      t.same(said.json(), { error: 'Invalid or missing token' });
    }
  }
});

void t.test('changes the given fields, and returns the current account', async (t) => {
  const { register, change, me } = await scene(t);
  await register('john_doe', 'john@example.com');
  const said = await change('john_doe', {
    first_name: 'John',
    last_name: 'Smith',
    email: 'john.smith@example.com',
  });
  t.equal(said.status, 200);
  const { id: _, updated_at: __, ...rest } = said.json() as Record<string, unknown>;
  t.same(rest, {
    username: 'john_doe',
    email: 'john.smith@example.com',
    first_name: 'John',
    last_name: 'Smith',
    role: 'user',
    is_active: true,
  });
  t.match((await change('john_doe', { last_name: 'Doe' })).json(), {
    email: 'john.smith@example.com',
    first_name: 'John',
    last_name: 'Doe',
  });
  t.match((await me('john_doe')).json(), { email: 'john.smith@example.com', last_name: 'Doe' });
});

void t.test('appends nothing for an unchanged value', async (t) => {
  const { api, register, change } = await scene(t);
  await register('john_doe', 'john@example.com');
  await change('john_doe', {});
  const before = (await api.events()).length;
  t.equal(
    (await change('john_doe', { first_name: 'John', last_name: 'Doe', email: 'john@example.com' })).status,
    200,
  );
  t.equal((await api.events()).length, before);
});

void t.test('refuses a taken email address, and frees the old one immediately', async (t) => {
  const { register, change } = await scene(t);
  await register('john', 'john@example.com');
  await register('ann', 'ann@example.com');
  const taken = await change('john', { email: 'ANN@example.com' });
  t.equal(taken.status, 400);
  t.same(taken.json(), { error: 'Username or email already exists' });
  t.equal((await change('john', { email: 'j@example.com' })).status, 200);
  t.equal((await change('ann', { email: 'john@example.com' })).status, 200);
  t.equal((await change('john', { email: 'john@example.com' })).status, 400);
  t.equal(await register('third', 'ann@example.com'), 201);
});

void t.test('keeps an email address reserved if only its letter case changes', async (t) => {
  const { register, change } = await scene(t);
  await register('john', 'john@example.com');
  t.match((await change('john', { email: 'John@Example.com' })).json(), { email: 'John@Example.com' });
  t.equal(await register('other', 'john@example.com'), 400);
});

void t.test('gives an email address to only one of five concurrent requests', async (t) => {
  const { register, change, me } = await scene(t);
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await register(name, `${name}@example.com`);
  const answers = await Promise.all(
    names.map(async (name) => (await change(name, { email: 'wanted@example.com' })).status),
  );
  t.same(answers.sort(), [200, 400, 400, 400, 400]);
  const back = await Promise.all(
    ['x@example.com', 'y@example.com', 'x@example.com', 'y@example.com'].map(
      async (email) => (await change('a', { email })).status,
    ),
  );
  t.same(back, [200, 200, 200, 200]);
  const { email } = (await me('a')).json() as { email: string };
  t.equal(await register('late', email), 400, 'the address of the account is taken');
  t.equal(
    await register('later', email === 'x@example.com' ? 'y@example.com' : 'x@example.com'),
    201,
    'the earlier address is free',
  );
});

void t.test('executes a repeated change once', async (t) => {
  const { register, change } = await scene(t);
  await register('john', 'john@example.com');
  const key = { 'idempotency-key': 'k1' };
  t.equal((await change('john', { email: 'new@example.com' }, key)).status, 200);
  t.equal((await change('john', { email: 'newer@example.com' })).status, 200);
  t.match(await change('john', { email: 'new@example.com' }, key), {
    status: 200,
    body: /newer@example.com/,
  });
  t.equal((await change('john', { email: 'other@example.com' }, key)).status, 422);
  for (const [name, email] of [
    ['one', 'new@example.com'],
    ['two', 'other@example.com'],
  ] as const)
    t.equal(await register(name, email), 201, `${email} is free`);
});

void t.test('responds 400 to a malformed change, and reports the field', async (t) => {
  const { register, change } = await scene(t);
  await register('john', 'john@example.com');
  const wrong: readonly (readonly [object, string])[] = [
    [{ email: 'x' }, 'email'],
    [{ email: null }, 'email'],
    [{ first_name: '' }, 'first_name'],
    [{ last_name: 1 }, 'last_name'],
    [{ username: 'x' }, 'username'],
    [{ role: 'admin' }, 'role'],
    [{ is_active: true }, 'is_active'],
    [{ id: 'x' }, 'id'],
  ];
  for (const [body, field] of wrong) {
    const said = await change('john', body);
    t.equal(said.status, 400, JSON.stringify(body));
    t.match((said.json() as { error: string }).error, new RegExp(`^Invalid input data: ${field}: `));
  }
});

void t.test("responds 500 with the contract's message if the store fails", async (t) => {
  const { api, register, change } = await scene(t);
  await register('john', 'john@example.com');
  await change('john', {});
  await api.identity.sealer.close();
  const said = await change('john', { first_name: 'Other' });
  t.equal(said.status, 500);
  t.same(said.json(), { error: 'Failed to update user' });
});

void t.test('frees the email address of an erased account, and erases its names', async (t) => {
  const { api, register, change, me } = await scene(t);
  await register('john', 'john@example.com');
  await change('john', { email: 'new@example.com' });
  const { id } = (await me('john')).json() as { id: string };
  await madeElsewhere(api, 'root', 'admin');
  const root = bearer(await servicesLogin(api, 'root'));
  t.equal((await api.say('DELETE', `/api/auth/users/${id}`, undefined, root)).status, 200);
  t.equal(await register('other', 'new@example.com'), 201);
  t.match((await api.say('GET', `/api/auth/users/${id}`, undefined, root)).json(), {
    username: 'erased',
    full_name: null,
  });
  t.equal((await me('john')).status, 401);
});
