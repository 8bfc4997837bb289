import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { cookieIn, cookiesIn } from '../../../../fixtures/cookie.js';
import { TestClock } from '../../../../fixtures/test-clock.js';
import { openTestApi, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const ANN = { username: 'Ann', password: 'password123' };
/** A path without a route. Only an authenticated caller gets 404 for it. */
const LOOK = '/api/conda/nothing';
const MINUTE = 60_000;

async function scene(t: Test): Promise<{
  readonly api: TestApi;
  readonly clock: TestClock;
  logIn(): Promise<string>;
  look(cookie: string): Promise<number>;
}> {
  const clock = new TestClock(Date.now());
  const api = await openTestApi(t, { clock });
  await api.identity.registrations.register({ ...ANN, role: 'user' }, commandContext());
  const logIn = async (): Promise<string> => cookieIn((await api.say('POST', '/login', ANN)).headers);
  return {
    api,
    clock,
    logIn,
    look: async (cookie) => (await api.say('GET', LOOK, undefined, { cookie })).status,
  };
}

void t.test("opens a session at login, with the contract's cookie", async (t) => {
  const { api, look } = await scene(t);
  const said = await api.say('POST', '/login', { username: 'ann', password: ANN.password });
  t.equal(said.status, 200);
  t.same(
    said.json(),
    { message: 'Login successful', user: { username: 'Ann', is_admin: false } },
    'the response has the username as registered',
  );
  const [cookie = ''] = cookiesIn(said.headers);
  t.match(cookie, /^session=[0-9a-f-]{36}\.[\w-]{43}; Path=\/; HttpOnly; Max-Age=900;$/);
  t.equal(said.headers['cache-control'], 'no-store');
  t.equal(await look(cookieIn(said.headers)), 404);
  await api.identity.registrations.register(
    { username: 'root', password: ANN.password, role: 'admin' },
    commandContext(),
  );
  t.match((await api.say('POST', '/login', { ...ANN, username: 'root' })).json(), {
    user: { username: 'root', is_admin: true },
  });
});

void t.test('responds 401 to every failed login, with the same message for any reason', async (t) => {
  const { api } = await scene(t);
  const { userId } = await api.identity.registrations.register(
    { username: 'shut', password: ANN.password, role: 'user' },
    commandContext(),
  );
  await api.identity.users.setActive(userId, false, commandContext());
  const wrong = [
    { ...ANN, password: 'password124' },
    { ...ANN, password: '' },
    { ...ANN, username: 'nobody' },
    { ...ANN, username: 'shut' },
    { username: '\u0000', password: '\ud800' },
    { username: 'x'.repeat(5000), password: 'x'.repeat(50_000) },
  ];
  for (const body of wrong) {
    const said = await api.say('POST', '/login', body);
    t.equal(said.status, 401);
    t.same(said.json(), { message: 'Invalid username or password' });
    t.same(cookiesIn(said.headers), []);
  }
});

void t.test('responds 400 to a malformed login, and reports the field', async (t) => {
  const { api } = await scene(t);
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /^username: /],
    [{ username: 'Ann' }, /^password: /],
    [{ ...ANN, password: 12345678 }, /^password: /],
    [{ ...ANN, username: ['Ann'] }, /^username: /],
    [{ ...ANN, is_admin: true }, /^is_admin: is not a known key/],
    [{ ...ANN, session: 'x' }, /^session: is not a known key/],
    ['{"username":"Ann","password":"password123","__proto__":{"is_admin":true}}', /./],
    ['null', /./],
    ['[]', /./],
    ['{', /./],
  ];
  for (const [body, message] of wrong) {
    const said = await api.say('POST', '/login', body, { 'content-type': 'application/json' });
    t.equal(said.status, 400, JSON.stringify(body));
    t.same(Object.keys(said.json()), ['message']);
    t.match(said.json(), { message });
  }
});

void t.test('ends the session and clears the cookie at logout', async (t) => {
  const { api, logIn, look } = await scene(t);
  const [cookie, other] = [await logIn(), await logIn()];
  const said = await api.say('POST', '/logout', undefined, { cookie });
  t.equal(said.status, 200);
  t.same(said.json(), { message: 'Logout successful' });
  t.same(cookiesIn(said.headers), ['session=; Path=/; HttpOnly; Max-Age=0;']);
  t.same([await look(cookie), await look(other)], [401, 404]);
  const again = await api.say('POST', '/logout', undefined, { cookie });
  t.equal(again.status, 401);
  t.same(again.json(), { message: 'Authentication required' });
  t.equal(again.headers['www-authenticate'], undefined, 'no Authorization scheme is offered');
});

void t.test('requires a session even on loopback', async (t) => {
  const { api } = await scene(t);
  const { apiKey } = await api.identity.apiKeys.issue(
    (await api.identity.users.idOf('ann')) ?? '',
    { name: 'k', scopes: ['conda'] },
    commandContext(),
  );
  for (const headers of [{}, { authorization: `Bearer ${apiKey}` }] as Record<string, string>[]) {
    const said = await api.say('POST', '/logout', undefined, headers);
    t.equal(said.status, 401);
    t.same(said.json(), { message: 'Authentication required' });
  }
});

void t.test(
  'creates a new session id at each login, and ends the session that was sent with it',
  async (t) => {
    const { api, logIn, look } = await scene(t);
    const cookie = await logIn();
    const wrong = await api.say('POST', '/login', { ...ANN, password: 'password124' }, { cookie });
    t.equal(wrong.status, 401);
    t.equal(await look(cookie), 404, 'a failed login does not end the session');
    const said = await api.say('POST', '/login', ANN, { cookie });
    t.not(cookieIn(said.headers), cookie);
    t.same([await look(cookie), await look(cookieIn(said.headers))], [401, 404]);
    const fixed = `session=${randomUUID()}.${'A'.repeat(43)}`;
    t.not(
      cookieIn((await api.say('POST', '/login', ANN, { cookie: fixed })).headers),
      fixed,
      'a client cannot choose the session id',
    );
    t.equal(await look(fixed), 401);
  },
);

void t.test(
  'ends a session after fifteen minutes of inactivity, and renews its cookie at most once a minute',
  async (t) => {
    const { api, clock, logIn } = await scene(t);
    const cookie = await logIn();
    const use = async () => {
      const { status, headers } = await api.say('POST', '/create_user', {}, { cookie });
      return { status, sent: cookiesIn(headers) };
    };
    const renewals = async (): Promise<number> =>
      (await api.events()).filter(({ type }) => type === 'SessionRenewed').length;
    t.same(await use(), { status: 403, sent: [] }, 'a user cannot create accounts');
    t.equal(await renewals(), 0);
    await clock.advance(MINUTE);
    t.same(await use(), { status: 403, sent: [] });
    await clock.advance(1);
    await api.identity.users.changeRole(
      (await api.identity.users.idOf('ann')) ?? '',
      'admin',
      commandContext(),
    );
    t.same(await use(), { status: 400, sent: [`${cookie}; Path=/; HttpOnly; Max-Age=900;`] });
    t.same(await use(), { status: 400, sent: [] });
    t.equal(await renewals(), 1);
    for (let used = 0; used < 4; used += 1) {
      await clock.advance(15 * MINUTE - 1);
      t.same(await use(), { status: 400, sent: [`${cookie}; Path=/; HttpOnly; Max-Age=900;`] });
    }
    await clock.advance(15 * MINUTE);
    t.same(await use(), { status: 401, sent: [] });
    t.equal(await renewals(), 5);
  },
);
