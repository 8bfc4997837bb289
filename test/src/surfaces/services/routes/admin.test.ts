import t, { type Test } from 'tap';
import {
  bearer,
  madeElsewhere,
  SERVICES_PASSWORD,
  servicesLogin,
} from '../../../../fixtures/services-account.js';
import { PlantedReadModels } from '../../../http/support/planted-read-models.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

interface Listed {
  readonly users: readonly { readonly id: string; readonly username: string }[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

interface Scene {
  readonly api: TestApi;
  readonly root: { readonly authorization: string };
  register(username: string, email?: string): Promise<string>;
  list(query?: string): Promise<Listed>;
  put(path: string, body?: unknown): Promise<Said>;
}

async function scene(t: Test, over: Parameters<typeof openTestApi>[1] = {}): Promise<Scene> {
  const api = await openTestApi(t, over);
  await madeElsewhere(api, 'root', 'admin');
  const root = bearer(await servicesLogin(api, 'root'));
  return {
    api,
    root,
    register: async (username, email = `${username}@example.com`) => {
      const body = { username, email, password: SERVICES_PASSWORD, first_name: 'John', last_name: 'Doe' };
      return ((await api.say('POST', '/api/v1/auth/register', body)).json() as { user: { id: string } }).user
        .id;
    },
    list: async (query = '') => (await api.say('GET', `/api/v1/admin/users${query}`, undefined, root)).json(),
    put: async (path, body) => await api.say('PUT', `/api/v1/admin/users/${path}`, body, root),
  };
}

const names = ({ users }: Listed): string[] => users.map(({ username }) => username);

void t.test("lists every account with the contract's fields, ten per page, with the total", async (t) => {
  const { register, list } = await scene(t);
  const id = await register('john_doe', 'john@example.com');
  const first = await list();
  t.match(first, { total: 2, limit: 10, offset: 0 });
  const { tenant_id, created_at, updated_at, ...rest } = (first.users[1] ?? {}) as Record<string, unknown>;
  t.same(rest, {
    id,
    username: 'john_doe',
    email: 'john@example.com',
    first_name: 'John',
    last_name: 'Doe',
    role: 'user',
    is_active: true,
  });
  t.match(tenant_id, /^[0-9a-f-]{36}$/);
  t.equal(updated_at, created_at);
  for (let n = 0; n < 11; n += 1) await register(`user${n}`);
  const all = await list('?limit=1000');
  t.equal(all.total, 13);
  t.equal((await list()).users.length, 10);
  t.same(names(await list('?offset=4&limit=3')), names(all).slice(4, 7));
  t.same(names(await list('?offset=12')), names(all).slice(12));
  t.match(await list('?offset=13'), { users: [], total: 13, offset: 13 });
  t.match(await list('?offset=9007199254740991'), { users: [], total: 13 });
});

void t.test('finds accounts only by a complete username or email address, in any letter case', async (t) => {
  const { register, list } = await scene(t);
  await register('john_doe', 'john@example.com');
  await register('ann@example.com', 'other@example.com');
  await register('ann', 'ann@example.com');
  t.same(names(await list('?search=JOHN_doe')), ['john_doe']);
  t.match(await list('?search=john%40EXAMPLE.com'), { users: [{ username: 'john_doe' }], total: 1 });
  t.same(
    names(await list('?search=ann%40example.com')),
    ['ann@example.com', 'ann'],
    'the search finds the name of one account and the address of another',
  );
  t.match(await list('?search=ann%40example.com&limit=1&offset=1'), {
    users: [{ username: 'ann' }],
    total: 2,
    limit: 1,
    offset: 1,
  });
  for (const nothing of ['john', 'example.com', '%25', '', '.*'])
    t.match(await list(`?search=${nothing}`), { users: [], total: 0 }, nothing);
});

void t.test('responds 400 to an invalid page or search', async (t) => {
  const { api, root } = await scene(t);
  for (const query of [
    'limit=0',
    'limit=-1',
    'limit=x',
    'limit=1001',
    'offset=-1',
    'offset=1.5',
    'offset=1e30',
    'more=1',
    `search=${'x'.repeat(300)}`,
  ]) {
    const said = await api.say('GET', `/api/v1/admin/users?${query}`, undefined, root);
    t.equal(said.status, 400, query);
    t.match((said.json() as { error: string }).error, /^Invalid input data: /);
  }
});

void t.test('applies a new role from the next request on', async (t) => {
  const { api, register, put } = await scene(t);
  const id = await register('john');
  const john = bearer(await servicesLogin(api, 'john'));
  const look = async (): Promise<number> =>
    (await api.say('GET', '/api/v1/admin/users', undefined, john)).status;
  t.equal(await look(), 403);
  for (const role of ['tenant_admin', 'admin', 'user']) {
    const said = await put(`${id}/role`, { role });
    t.equal(said.status, 200);
    t.same(said.json(), { message: 'User role updated successfully' });
    t.match((await api.say('GET', '/api/v1/users/me', undefined, john)).json(), { role });
    t.equal(await look(), role === 'admin' ? 200 : 403);
  }
  t.equal(
    (await put(`${id.toUpperCase()}/role`, { role: 'admin' })).status,
    200,
    'an id in upper case is accepted',
  );
  for (const body of [{}, { role: 'root' }, { role: null }, { role: 'Admin' }, { role: 'admin', more: 1 }])
    t.equal((await put(`${id}/role`, body)).status, 400);
});

void t.test('refuses a deactivated account at once, until it logs in after reactivation', async (t) => {
  const { api, register, put, list } = await scene(t);
  const id = await register('john');
  const john = bearer(await servicesLogin(api, 'john'));
  const { apiKey } = await api.identity.apiKeys.issue(
    id,
    { name: 'k', scopes: ['services'] },
    commandContext({ commandId: id }),
  );
  const look = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await api.say('GET', '/api/v1/users/me', undefined, headers)).status;
  const key = { authorization: `Bearer ${apiKey}` };
  t.same([await look(john), await look(key)], [200, 200]);
  t.same((await put(`${id}/deactivate`)).json(), { message: 'User deactivated successfully' });
  t.same([await look(john), await look(key)], [401, 401]);
  t.match(await list('?search=john'), { users: [{ is_active: false }] });
  t.equal((await put(`${id}/deactivate`)).status, 200, 'a repeated deactivation changes nothing');
  t.same((await put(`${id}/activate`)).json(), { message: 'User activated successfully' });
  t.same(
    [await look(john), await look(key), await look(bearer(await servicesLogin(api, 'john')))],
    [401, 200, 200],
  );
  t.match(await list('?search=john'), { users: [{ is_active: true }] });
});

void t.test(
  "responds 400 to an invalid UUID and 404 to an unknown one, with the contract's messages",
  async (t) => {
    const { put } = await scene(t);
    for (const [order, body] of [
      ['role', { role: 'user' }],
      ['activate', undefined],
      ['deactivate', undefined],
    ] as const) {
      for (const id of [
        '1',
        'me',
        'operator-key',
        '%00',
        '550e8400-e29b-41d4-a716',
        '..%2f..',
        "'%20or%201=1",
      ]) {
        const said = await put(`${id}/${order}`, body);
        t.equal(said.status, 400, `${id} ${order}`);
        t.same(said.json(), { error: 'Invalid user ID' });
      }
      const absent = await put(`550e8400-e29b-41d4-a716-446655440000/${order}`, body);
      t.equal(absent.status, 404);
      t.same(absent.json(), { error: 'User not found' });
    }
  },
);

void t.test('refuses every route to callers who are not administrators', async (t) => {
  // On loopback, the server's own user may repair accounts without a credential.
  const { api, register, root } = await scene(t, {
    settings: { testApiKey: 'test-key', joinToken: 'join-token-0123456789', host: '0.0.0.0' },
    openRegistration: true,
  });
  const id = await register('john');
  await madeElsewhere(api, 'lead', 'tenant_admin');
  const { apiKey } = await api.identity.apiKeys.issue(
    (await api.identity.users.idOf('root')) ?? '',
    { name: 'k', scopes: ['gpu'] },
    commandContext({ commandId: id }),
  );
  const [john, lead] = [bearer(await servicesLogin(api, 'john')), bearer(await servicesLogin(api, 'lead'))];
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', `/${id}/role`],
    ['PUT', '/x/role'],
    ['PUT', `/${id}/activate`],
    ['PUT', `/${id}/deactivate`],
  ] as const) {
    const say = async (headers: Readonly<Record<string, string>>): Promise<Said> =>
      await api.say(method, `/api/v1/admin/users${path}`, undefined, headers);
    for (const headers of [john, lead, { authorization: `Bearer ${apiKey}` }])
      t.match(
        [(await say(headers)).status, (await say(headers)).json()],
        [403, { error: 'Insufficient permissions' }],
      );
    for (const headers of [{}, { authorization: 'Bearer x' }] as Record<string, string>[])
      t.match(
        [(await say(headers)).status, (await say(headers)).json()],
        [401, { error: 'Invalid or missing token' }],
      );
  }
  const foreign = await api.say(
    'PUT',
    `/api/v1/admin/users/${id}/role`,
    { role: 'admin' },
    { ...root, host: '127.0.0.1:8080', origin: 'http://evil.example' },
  );
  t.equal(foreign.status, 403);
  t.match((await api.say('GET', '/api/v1/users/me', undefined, john)).json(), {
    role: 'user',
    is_active: true,
  });
});

void t.test("responds 500 with the contract's message if the list fails", async (t) => {
  const readModels = new PlantedReadModels();
  const { api, root } = await scene(t, { readModels });
  readModels.failWith(new Error('the disk is gone'));
  const said = await api.say('GET', '/api/v1/admin/users?search=root', undefined, root);
  t.equal(said.status, 500);
  t.same(said.json(), { error: 'Failed to list users' });
});
