import { availableParallelism } from 'node:os';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openTestApi, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const PASSWORD = 'password123';

async function register(
  api: TestApi,
  username: string,
  password = PASSWORD,
): Promise<{ readonly id: string; readonly user_id: number }> {
  const said = await api.say('POST', '/api/auth/register', { username, password });
  if (said.status !== 201) throw new Error(said.body);
  return said.json();
}

async function logIn(
  api: TestApi,
  username: string,
  password = PASSWORD,
): Promise<{ authorization: string }> {
  const said = await api.say('POST', '/api/auth/login', { username, password });
  if (said.status !== 200) throw new Error(said.body);
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
}

async function refused(t: Test, api: TestApi, body: unknown, status: number, error: RegExp): Promise<void> {
  const said = await api.say('POST', '/api/auth/register', body);
  t.equal(said.status, status, JSON.stringify(body)?.slice(0, 100));
  const answer = said.json() as Record<string, unknown>;
  t.same(Object.keys(answer), ['error']);
  t.match(answer, { error });
}

void t.test('registers and logs in an account', async (t) => {
  const api = await openTestApi(t);
  const first = await api.say('POST', '/api/auth/register', { username: 'newuser', password: PASSWORD });
  t.equal(first.status, 201);
  t.match(first.json(), { id: /^[0-9a-f-]{36}$/, user_id: 1, username: 'newuser', role: 'user' });
  t.equal(Object.keys(first.json()).length, 4);
  const token = await logIn(api, 'newuser');
  t.match(token.authorization, /^Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./);
  const me = await api.say('GET', '/api/auth/me', undefined, token);
  t.match(
    { status: me.status, body: me.json() },
    {
      status: 200,
      body: { user_id: 1, username: 'newuser', role: 'user', active: true, erased: false, email: null },
    },
  );
  t.notMatch(me.body, /password|hash|sealed/);
});

void t.test(
  'accepts one of twenty concurrent registrations of a name, and responds 409 to the others',
  async (t) => {
    const api = await openTestApi(t);
    const said = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        api.say('POST', '/api/auth/register', {
          username: index % 2 === 0 ? 'Ann' : 'aNN',
          password: PASSWORD,
        }),
      ),
    );
    t.same(said.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 409)]);
    for (const each of said) if (each.status === 409) t.same(each.json(), { error: 'username: is taken' });
    const events = await api.events();
    t.equal(events.filter(({ type }) => type === 'UserRegistered').length, 1);
    t.equal((await register(api, 'bob')).user_id, 2);
    await logIn(api, 'ANN');
  },
);

void t.test('assigns unique numbers to concurrent registrations', async (t) => {
  const api = await openTestApi(t);
  const made = await Promise.all(Array.from({ length: 12 }, (_, index) => register(api, `user${index}`)));
  t.same(
    made.map(({ user_id }) => user_id).sort((a, b) => a - b),
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
});

void t.test('responds 400 to malformed registrations, and records nothing', async (t) => {
  const api = await openTestApi(t);
  await refused(t, api, { username: 'ann' }, 400, /^password: /);
  await refused(t, api, { password: PASSWORD }, 400, /^username: /);
  await refused(t, api, {}, 400, /^username: /);
  await refused(t, api, { username: 'ann', password: 'short77' }, 400, /8 to 128 characters/);
  await refused(t, api, { username: 'ann', password: 'x'.repeat(129) }, 400, /8 to 128 characters/);
  await refused(t, api, { username: 'ann', password: '\ud800'.repeat(8) }, 400, /Unicode/);
  await refused(t, api, { username: 'ann', password: 12345678 }, 400, /^password: /);
  await refused(t, api, { username: 'a b', password: PASSWORD }, 400, /^username: /);
  await refused(t, api, { username: ['ann'], password: PASSWORD }, 400, /^username: /);
  for (const key of ['role', 'is_admin', 'isAdmin', 'tenant_id', 'id', 'user_id', 'active', 'number']) {
    await refused(
      t,
      api,
      { username: 'ann', password: PASSWORD, [key]: 'admin' },
      400,
      new RegExp(`^${key}: is not a known key`),
    );
  }
  await refused(t, api, '{"username":"ann","password":"password123","__proto__":{"role":"admin"}}', 400, /./);
  await refused(
    t,
    api,
    '{"username":"ann","password":"password123","constructor":{"prototype":{"role":"admin"}}}',
    400,
    /./,
  );
  await refused(t, api, 'null', 400, /./);
  await refused(t, api, '[]', 400, /./);
  t.same(await api.events(), []);
});

void t.test('uses all 128 characters of a password', async (t) => {
  const api = await openTestApi(t);
  const long = '密'.repeat(127);
  await register(api, 'ann', `${long}a`);
  await logIn(api, 'ann', `${long}a`);
  for (const wrong of [`${long}b`, long, `${long}aa`, `${long}a\u0000`, '']) {
    t.equal((await api.say('POST', '/api/auth/login', { username: 'ann', password: wrong })).status, 401);
  }
});

void t.test('responds 401 to every failed login, with the same message for any reason', async (t) => {
  const api = await openTestApi(t);
  await register(api, 'ann');
  const wrong = [
    { username: 'ann', password: 'password124' },
    { username: 'ann', password: 'x' },
    { username: 'ann', password: '' },
    { username: 'ann', password: 'x'.repeat(50_000) },
    { username: 'nobody', password: PASSWORD },
    { username: '', password: PASSWORD },
    { username: '\u0000', password: '\ud800' },
    { username: 'x'.repeat(5000), password: PASSWORD },
  ];
  for (const body of wrong) {
    const said = await api.say('POST', '/api/auth/login', body);
    t.equal(said.status, 401);
    t.same(said.json(), { error: 'username or password is wrong' });
  }
  for (const body of [
    {},
    { username: 'ann' },
    { username: 'ann', password: 1 },
    { username: 'ann', password: PASSWORD, remember: true },
  ]) {
    t.equal((await api.say('POST', '/api/auth/login', body)).status, 400);
  }
});

void t.test('returns the same account for a repeated key, and 422 for another body', async (t) => {
  const api = await openTestApi(t);
  const headers = { 'idempotency-key': 'k1' };
  const once = await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD }, headers);
  const again = await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD }, headers);
  t.equal(again.status, 201);
  t.same(again.json(), once.json());
  t.equal(
    (await api.say('POST', '/api/auth/register', { username: 'ann', password: 'password124' }, headers))
      .status,
    422,
  );
  t.equal(
    (await api.say('POST', '/api/auth/register', { username: 'bob', password: PASSWORD }, headers)).status,
    422,
  );
  await logIn(api, 'ann');
  const texts = (await api.events()).map(({ metadata }) => metadata).join();
  const { createHash } = await import('node:crypto');
  const plain = createHash('sha256')
    .update(JSON.stringify({ username: 'ann', password: PASSWORD }))
    .digest('hex');
  t.notOk(texts.includes(plain), 'no event has a plain digest of the body to test passwords against');
});

void t.test('ends a session by logout, deactivation or a new password', async (t) => {
  const api = await openTestApi(t);
  const me = async (headers: Record<string, string>): Promise<number> =>
    (await api.say('GET', '/api/auth/me', undefined, headers)).status;
  const { id } = await register(api, 'ann');
  const [one, two] = [await logIn(api, 'ann'), await logIn(api, 'ann')];
  t.equal((await api.say('POST', '/api/auth/logout', undefined, one)).status, 200);
  t.same([await me(one), await me(two)], [401, 200]);

  await api.identity.registrations.register(
    { username: 'root', password: PASSWORD, role: 'admin' },
    commandContext(),
  );
  const admin = await logIn(api, 'root');
  t.equal(
    (await api.say('PUT', `/api/auth/users/${id}/password`, { password: 'password999' }, admin)).status,
    200,
  );
  t.equal(await me(two), 401);
  const three = await logIn(api, 'ann', 'password999');
  t.equal((await api.say('POST', `/api/auth/users/${id}/deactivate`, undefined, admin)).status, 200);
  t.equal(await me(three), 401);
  t.equal(
    (await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password999' })).status,
    401,
  );
  t.equal((await api.say('POST', `/api/auth/users/${id}/reactivate`, undefined, admin)).status, 200);
  t.equal(await me(three), 401, 'an ended session is not restored');
  t.equal(await me(await logIn(api, 'ann', 'password999')), 200);
});

void t.test('applies a new role from the next request on', async (t) => {
  const api = await openTestApi(t);
  const { id } = await register(api, 'ann');
  const ann = await logIn(api, 'ann');
  const count = async (): Promise<number> =>
    ((await api.say('GET', '/api/auth/users', undefined, ann)).json() as { count: number }).count;
  const { id: bob } = await register(api, 'bob');
  t.equal(await count(), 1);
  await api.identity.users.changeRole(id, 'admin', commandContext());
  t.equal(await count(), 2);
  await api.identity.users.changeRole(bob, 'admin', commandContext());
  await api.identity.users.changeRole(id, 'user', commandContext());
  t.equal((await api.say('POST', '/api/auth/users', { username: 'x', password: PASSWORD }, ann)).status, 403);
});

void t.test(
  'blocks an account for an address after too many failures, and resets the count on success',
  async (t) => {
    // Failures expire only when the test says so, however slow the machine is.
    let elapsed = 0;
    const clock = { ...systemClock, monotonic: () => elapsed };
    const api = await openTestApi(t, { clock }, undefined, { loginFailures: 3, loginFailureSeconds: 2 });
    await register(api, 'ann');
    const log = async (username: string, password: string, from = '203.0.113.9') =>
      api.say('POST', '/api/auth/login', { username, password }, {}, from);
    await log('ann', 'wrong', '127.0.0.1');
    await log('ann', 'wrong', '127.0.0.1');
    await logIn(api, 'ann');
    for (const username of ['ann', 'nobody']) {
      const said = await Promise.all(Array.from({ length: 6 }, () => log(username, 'wrong')));
      t.same(
        said.map(({ status }) => status).sort(),
        [401, 401, 401, 429, 429, 429],
        'concurrent guesses are limited as well',
      );
      const locked = await log(username, PASSWORD);
      t.equal(locked.status, 429);
      t.match(locked.headers['retry-after'], /^[12]$/);
      t.match(locked.json(), { error: /^too many failed logins; try again in \d seconds?$/ });
    }
    elapsed = 2_000;
    t.equal((await log('ann', PASSWORD)).status, 200, 'the failures have expired');
  },
);

void t.test('blocks an account only for the addresses with failed logins', async (t) => {
  const api = await openTestApi(t, {}, undefined, { loginFailures: 3, loginFailureSeconds: 900 });
  await register(api, 'ann');
  const log = async (password: string, from: string) =>
    (await api.say('POST', '/api/auth/login', { username: 'ann', password }, {}, from)).status;
  for (const from of ['203.0.113.1', '203.0.113.2']) {
    for (let tries = 0; tries < 3; tries += 1) t.equal(await log('wrong', from), 401);
    t.equal(await log(PASSWORD, from), 429, `the account is blocked for ${from}`);
  }
  t.equal(await log(PASSWORD, '198.51.100.7'), 200, 'an address without failures can log in');
  for (let tries = 0; tries < 4; tries += 1)
    t.equal(await log('wrong', '198.51.100.7'), 401, 'a known address is slowed down, not blocked');
  t.equal(await log(PASSWORD, '198.51.100.7'), 200, 'an address that logged in before still can');
  t.equal(await log(PASSWORD, '203.0.113.1'), 429, 'the other addresses are still blocked');
});

void t.test('limits registrations per address and minute', async (t) => {
  const api = await openTestApi(t, {}, undefined, { registrationsPerMinute: 60, loginsPerMinute: 60 });
  const many = await Promise.all(Array.from({ length: 70 }, () => api.say('POST', '/api/auth/register', {})));
  const over = many.filter(({ status }) => status === 429);
  t.ok(over.length >= 1 && over.length <= 10, String(over.length));
  for (const each of over) t.match(each.headers['retry-after'], /^1$/);
  const { eventually } = await import('../../../../fixtures/eventually.js');
  await eventually(async () => (await api.say('POST', '/api/auth/register', {})).status === 400, {
    interval: 200,
  });
});

void t.test('responds 503 if too many passwords wait to be hashed', async (t) => {
  const api = await openTestApi(t, { passwordCost: 'real' }, undefined, {
    hashQueue: 2,
    registrationsPerMinute: 10_000,
  });
  // Passwords are hashed on all cores but one at once, so requests wait only if there are more of them.
  const said = await Promise.all(
    Array.from({ length: 2 * availableParallelism() + 12 }, (_, index) =>
      api.say('POST', '/api/auth/register', { username: `u${index}`, password: PASSWORD }),
    ),
  );
  const statuses = new Set(said.map(({ status }) => status));
  t.same([...statuses].sort(), [201, 503]);
  t.equal(said.find(({ status }) => status === 503)?.headers['retry-after'], '1');
});

void t.test('keeps accounts when the cluster is cleared', async (t) => {
  const api = await openTestApi(t);
  await register(api, 'ann');
  const token = await logIn(api, 'ann');
  t.equal((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': 'test-key' })).status, 200);
  t.equal((await api.say('GET', '/api/auth/me', undefined, token)).status, 200);
  t.equal((await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD })).status, 409);
  await logIn(api, 'ann');
  t.equal((await register(api, 'bob')).user_id, 2);
});
