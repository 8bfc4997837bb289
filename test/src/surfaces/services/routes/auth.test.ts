import { createHmac, randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import {
  bearer,
  madeElsewhere,
  SERVICES_PASSWORD,
  servicesLogin,
  type ServicesTokens,
} from '../../../../fixtures/services-account.js';
import { servicesSeedRoutes } from '../../../../fixtures/services-seed.js';
import { TestClock } from '../../../../fixtures/test-clock.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';

const DAY = 24 * 3600_000;
const JOHN = servicesSeedRoutes().find(({ route }) => route === 'POST /api/v1/auth/register')
  ?.request as Record<string, string>;
const INVALID = { error: 'Invalid refresh token' };

const register = async (api: TestApi, over: object = {}): Promise<Said> =>
  await api.say('POST', '/api/v1/auth/register', { ...JOHN, ...over });
const refresh = async (api: TestApi, refresh_token: string): Promise<Said> =>
  await api.say('POST', '/api/v1/auth/refresh', { refresh_token });
const me = async (api: TestApi, tokens: ServicesTokens): Promise<number> =>
  (await api.say('GET', '/api/v1/users/me', undefined, bearer(tokens))).status;

async function john(t: Test, clock?: TestClock): Promise<{ readonly api: TestApi; readonly id: string }> {
  const api = await openTestApi(t, clock === undefined ? {} : { clock });
  const { user } = (await register(api)).json() as { user: { id: string } };
  return { api, id: user.id };
}

void t.test("registers with the contract's body, and logs in", async (t) => {
  const api = await openTestApi(t);
  const said = await register(api);
  t.equal(said.status, 201);
  const { message, user } = said.json() as { message: string; user: Record<string, unknown> };
  t.equal(message, 'User registered successfully');
  const { id, created_at, updated_at, ...rest } = user;
  t.same(rest, {
    username: 'john_doe',
    email: 'john@example.com',
    first_name: 'John',
    last_name: 'Doe',
    role: 'user',
    is_active: true,
  });
  t.match(id, /^[0-9a-f-]{36}$/);
  t.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  t.equal(updated_at, created_at);
  const token = await servicesLogin(api, 'JOHN_DOE');
  t.match(
    (await api.say('GET', '/api/auth/me', undefined, bearer(token))).json(),
    { username: 'john_doe', full_name: 'John Doe' },
    'the account is the same on other surfaces',
  );
});

void t.test('responds 400 to a taken username or email address in any letter case', async (t) => {
  const { api } = await john(t);
  const other = { username: 'other', email: 'other@example.com' };
  for (const over of [{}, { ...other, username: 'John_Doe' }, { ...other, email: 'JOHN@Example.com' }]) {
    const said = await register(api, over);
    t.equal(said.status, 400);
    t.same(said.json(), { error: 'Username or email already exists' });
  }
  t.equal((await register(api, other)).status, 201, 'a refused registration reserves no name or address');
});

void t.test('responds 400 to a malformed registration, and records nothing', async (t) => {
  const api = await openTestApi(t);
  const wrong: readonly (readonly [object, string])[] = [
    [{ username: undefined }, 'username'],
    [{ email: undefined }, 'email'],
    [{ email: 'john' }, 'email'],
    [{ email: `${'x'.repeat(300)}@example.com` }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ password: 12345678 }, 'password'],
    [{ first_name: '' }, 'first_name'],
    [{ first_name: 'a\u0000b' }, 'first_name'],
    [{ last_name: 'x'.repeat(101) }, 'last_name'],
    [{ last_name: null }, 'last_name'],
    [{ role: 'admin' }, 'role'],
    [{ tenant_id: 'theirs' }, 'tenant_id'],
  ];
  for (const [over, field] of wrong) {
    const said = await register(api, over);
    t.equal(said.status, 400, JSON.stringify(over));
    t.match((said.json() as { error: string }).error, new RegExp(`^Invalid input data: ${field}: `));
  }
  for (const body of ['null', '[]', '{', ''])
    t.equal(
      (await api.say('POST', '/api/v1/auth/register', body, { 'content-type': 'application/json' })).status,
      400,
    );
  t.same(await api.events(), []);
});

void t.test("returns the contract's fields at login, with a token for a day", async (t) => {
  const clock = new TestClock(Date.parse('2026-01-01T00:00:00Z'));
  const { api, id } = await john(t, clock);
  const said = await api.say('POST', '/api/v1/auth/login', {
    username: 'john_doe',
    password: SERVICES_PASSWORD,
  });
  t.equal(said.status, 200);
  t.equal(said.headers['cache-control'], 'no-store');
  const { token, refresh_token, ...rest } = said.json() as ServicesTokens;
  const user = { id, username: 'john_doe', email: 'john@example.com', role: 'user', is_active: true };
  t.same(rest, { user, expires_at: '2026-01-02T00:00:00Z' });
  t.equal(await me(api, { token, refresh_token }), 200);
  await clock.advance(DAY + 10_000);
  t.equal(await me(api, { token, refresh_token }), 401);
  t.equal((await refresh(api, refresh_token)).status, 200, 'the refresh token is still valid');
});

void t.test(
  'responds to failed logins with the same 401, and reports inactivity only for the right password',
  async (t) => {
    const { api, id } = await john(t);
    const logIn = async (username: string, password: string): Promise<Said> =>
      await api.say('POST', '/api/v1/auth/login', { username, password });
    for (const [username, password] of [
      ['john_doe', 'securepassword124'],
      ['nobody', SERVICES_PASSWORD],
      ['john@example.com', SERVICES_PASSWORD],
      ['', ''],
    ] as const) {
      const said = await logIn(username, password);
      t.equal(said.status, 401, username);
      t.same(said.json(), { error: 'Invalid credentials' });
    }
    await madeElsewhere(api, 'root', 'admin');
    const root = bearer(await servicesLogin(api, 'root'));
    await api.say('PUT', `/api/v1/admin/users/${id}/deactivate`, undefined, root);
    const inactive = await logIn('john_doe', SERVICES_PASSWORD);
    t.equal(inactive.status, 401);
    t.same(inactive.json(), { error: 'Account is inactive' });
    t.same((await logIn('john_doe', 'securepassword124')).json(), { error: 'Invalid credentials' });
    t.match(
      (
        await api.say('POST', '/api/auth/login', { username: 'john_doe', password: SERVICES_PASSWORD })
      ).json(),
      { error: 'username or password is wrong' },
    );
    await api.say('DELETE', `/api/auth/users/${id}`, undefined, root);
    t.same(
      (await logIn('john_doe', SERVICES_PASSWORD)).json(),
      { error: 'Invalid credentials' },
      'an erased account is not revealed',
    );
  },
);

void t.test('returns a new token and refresh token, and keeps the earlier session valid', async (t) => {
  const { api, id } = await john(t);
  const first = await servicesLogin(api, 'john_doe');
  const said = await refresh(api, first.refresh_token);
  t.equal(said.status, 200);
  const { token, refresh_token, expires_at, ...rest } = said.json() as ServicesTokens & {
    expires_at: string;
  };
  t.same(rest, { user: { id, username: 'john_doe', email: 'john@example.com', role: 'user' } });
  t.match(expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  t.not(refresh_token, first.refresh_token);
  t.same([await me(api, first), await me(api, { token, refresh_token })], [200, 200]);
  t.equal((await refresh(api, refresh_token)).status, 200);
});

void t.test('revokes the whole token family when a refresh token is reused', async (t) => {
  const { api } = await john(t);
  const [other, first] = [await servicesLogin(api, 'john_doe'), await servicesLogin(api, 'john_doe')];
  const second = (await refresh(api, first.refresh_token)).json() as ServicesTokens;
  const third = (await refresh(api, second.refresh_token)).json() as ServicesTokens;
  const again = await refresh(api, first.refresh_token);
  t.equal(again.status, 401);
  t.same(again.json(), INVALID);
  for (const tokens of [first, second, third]) {
    t.equal(await me(api, tokens), 401);
    t.same((await refresh(api, tokens.refresh_token)).json(), INVALID);
  }
  t.equal(await me(api, other), 200);
  t.equal((await refresh(api, other.refresh_token)).status, 200);
});

void t.test('accepts at most one of eight concurrent refreshes', async (t) => {
  const { api } = await john(t);
  for (let round = 0; round < 5; round += 1) {
    const { refresh_token } = await servicesLogin(api, 'john_doe');
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(api, refresh_token)));
    const won = answers.filter(({ status }) => status === 200);
    t.ok(won.length <= 1, `${won.length} refreshes succeeded`);
    for (const answer of answers.filter(({ status }) => status !== 200))
      t.match([answer.status, answer.json()], [401, INVALID]);
    const living = await Promise.all(
      won.map(async (answer) => (await refresh(api, (answer.json() as ServicesTokens).refresh_token)).status),
    );
    t.same(
      living.filter((status) => status === 200),
      [],
      'the token was used twice, so its family is ended',
    );
  }
});

void t.test('expires a refresh token after thirty days, and renews it with each use', async (t) => {
  const clock = new TestClock(Date.parse('2026-01-01T00:00:00Z'));
  const { api } = await john(t, clock);
  let tokens = await servicesLogin(api, 'john_doe');
  for (let month = 0; month < 3; month += 1) {
    await clock.advance(30 * DAY - 60_000);
    const said = await refresh(api, tokens.refresh_token);
    t.equal(said.status, 200);
    tokens = said.json();
  }
  await clock.advance(30 * DAY + 10_000);
  t.same((await refresh(api, tokens.refresh_token)).json(), INVALID);
});

void t.test('ends refresh tokens at logout, password change or deactivation', async (t) => {
  const { api, id } = await john(t);
  await madeElsewhere(api, 'root', 'admin');
  const root = bearer(await servicesLogin(api, 'root'));
  const left = await servicesLogin(api, 'john_doe');
  t.equal((await api.say('POST', '/api/auth/logout', undefined, bearer(left))).status, 200);
  t.same((await refresh(api, left.refresh_token)).json(), INVALID);
  const before = await servicesLogin(api, 'john_doe');
  await api.say('PUT', `/api/auth/users/${id}/password`, { password: SERVICES_PASSWORD }, root);
  t.same((await refresh(api, before.refresh_token)).json(), INVALID);
  const shut = await servicesLogin(api, 'john_doe');
  await api.say('PUT', `/api/v1/admin/users/${id}/deactivate`, undefined, root);
  const said = await refresh(api, shut.refresh_token);
  t.equal(said.status, 401);
  t.same(said.json(), { error: 'Account is inactive' });
  t.equal(await me(api, shut), 401);
  await api.say('PUT', `/api/v1/admin/users/${id}/activate`, undefined, root);
  t.same((await refresh(api, shut.refresh_token)).json(), INVALID, 'an ended refresh token is not restored');
  t.equal(await me(api, await servicesLogin(api, 'john_doe')), 200);
});

void t.test('rejects forged and malformed refresh tokens', async (t) => {
  const { api } = await john(t);
  const tokens = await servicesLogin(api, 'john_doe');
  const [head = '', payload = '', signature = ''] = tokens.refresh_token.split('.');
  const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (unsigned: string): string =>
    `${unsigned}.${createHmac('sha256', randomBytes(32)).update(unsigned).digest('base64url')}`;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const forged = [
    '',
    'x',
    '..',
    tokens.token,
    `${head}.${payload}.`,
    `${head}.${payload}`,
    ` ${tokens.refresh_token}`,
    `${tokens.refresh_token}=`,
    sign(`${head}.${payload}`),
    sign(`${head}.${text({ ...claims, jti: 'other' })}`),
    `${head}.${text({ ...claims, jti: 'other' })}.${signature}`,
    `${text({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    `${text({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
    `${text({ alg: 'HS512', typ: 'JWT' })}.${payload}.${signature}`,
    `${head}.${payload}.${signature.slice(0, -1)}`,
    'x'.repeat(90_000),
  ];
  for (const each of forged) {
    const said = await refresh(api, each);
    t.equal(said.status, 401, each.slice(0, 80));
    t.same(said.json(), INVALID);
  }
  t.equal(
    (await api.say('GET', '/api/v1/users/me', undefined, { authorization: `Bearer ${tokens.refresh_token}` }))
      .status,
    401,
    'a refresh token is not an access token',
  );
  for (const body of [{}, { refresh_token: 1 }, { refresh_token: null }, { refresh_token: 'x', more: 1 }])
    t.equal((await api.say('POST', '/api/v1/auth/refresh', body)).status, 400);
  t.equal((await refresh(api, tokens.refresh_token)).status, 200);
});

void t.test('stores no token or personal data in the log in plain text', async (t) => {
  const { api } = await john(t);
  const first = await servicesLogin(api, 'john_doe');
  const second = (await refresh(api, first.refresh_token)).json() as ServicesTokens;
  await refresh(api, first.refresh_token);
  const log = JSON.stringify(await api.events(), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  t.match(log, /SessionRefreshed.*SessionRevoked/);
  const secrets = [first, second].flatMap(({ token, refresh_token }) =>
    [token, refresh_token].map((each) => each.split('.')[2] ?? ''),
  );
  for (const secret of [...secrets, 'john', 'Doe', SERVICES_PASSWORD])
    t.notOk(log.includes(secret), secret.slice(0, 12));
});

void t.test('applies the rate limit of an address before it reads the body', async (t) => {
  const api = await openTestApi(t, {}, undefined, { loginsPerMinute: 3, registrationsPerMinute: 2 });
  const statuses = async (path: string, times: number): Promise<number[]> => {
    const found: number[] = [];
    for (let n = 0; n < times; n += 1)
      found.push((await api.say('POST', `/api/v1/auth/${path}`, {}, {}, '192.0.2.1')).status);
    return found;
  };
  t.same(await statuses('register', 3), [400, 400, 429]);
  t.same(await statuses('login', 2), [400, 400]);
  t.same(await statuses('refresh', 2), [400, 429], 'a refresh counts as a login');
  t.match((await api.say('POST', '/api/v1/auth/login', {}, {}, '192.0.2.1')).headers, {
    'retry-after': /\d+/,
  });
  t.equal(
    (await api.say('POST', '/api/v1/auth/login', {}, {}, '192.0.2.2')).status,
    400,
    'another address is not limited',
  );
});

void t.test('refuses logins and changes from pages of other origins', async (t) => {
  const { api } = await john(t);
  const before = (await api.events()).length;
  for (const path of ['register', 'login', 'refresh']) {
    const said = await api.say('POST', `/api/v1/auth/${path}`, JOHN, {
      host: '127.0.0.1:8080',
      origin: 'http://evil.example',
    });
    t.equal(said.status, 403);
    t.same(said.json(), { error: 'not allowed: the request comes from a page with a different origin' });
  }
  t.equal((await api.events()).length, before);
});
