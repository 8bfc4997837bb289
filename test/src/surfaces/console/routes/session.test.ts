import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { cookieIn, cookiesIn } from '../../../../fixtures/cookie.js';
import { openTestApi, type Said } from '../../../http/support/test-api.js';

const ACCOUNT = { username: 'ann', password: 'password123' };
/** The header of a page without a session. */
const PAGE = { 'x-muster-console': 'none' };
const MINUTE = 60_000;

/** The headers of the page after a sign-in. */
function headersOf(said: Said): Record<string, string> {
  const { page_secret: secret } = said.json() as { readonly page_secret: string };
  return { 'x-muster-console': secret, cookie: cookieIn(said.headers) };
}

async function scene(t: Test) {
  let ahead = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    move: (by: number) => void (ahead += by),
  };
  const api = await openTestApi(t, {
    clock,
    passwordCost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
  });
  await api.say('POST', '/api/auth/register', ACCOUNT);
  const signIn = async (headers: Record<string, string> = PAGE): Promise<Said> =>
    await api.say('POST', '/console/api/session', ACCOUNT, headers);
  const signedIn = async (): Promise<Record<string, string>> => headersOf(await signIn());
  return { api, clock, signIn, signedIn };
}

void t.test('sets a cookie that scripts cannot read, and returns the account', async (t) => {
  const { api, signIn } = await scene(t);
  const said = await signIn();
  t.equal(said.status, 200, said.body);
  t.match(said.json(), { account: { name: 'ann', role: 'user' }, operator: false, rights: [] });
  t.match(
    cookiesIn(said.headers)[0],
    /^muster_console=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  t.equal(said.headers['cache-control'], 'no-store');
  const headers = headersOf(said);
  t.match((await api.say('GET', '/console/api/me', undefined, headers)).json(), { account: { name: 'ann' } });
  const wrong = { ...ACCOUNT, password: 'wrong-password' };
  t.equal((await api.say('POST', '/console/api/session', wrong, PAGE)).status, 401);
  t.notOk((await api.events()).some(({ data }) => data.includes('password123')));
});

void t.test('accepts the cookie on every surface, but only with the console header', async (t) => {
  const { api, signedIn } = await scene(t);
  const { cookie = '', ...header } = await signedIn();
  for (const path of [
    '/api/auth/me',
    '/api/tasks',
    '/api/gpu-claims',
    '/api/v1/services',
    '/console/api/tasks',
  ]) {
    t.equal((await api.say('GET', path, undefined, { ...header, cookie })).status, 200, path);
    const without = (await api.say('GET', path, undefined, { cookie })).status;
    // Without a credential the operator's own connection sees the lists of the console.
    t.equal(without, path === '/console/api/tasks' ? 200 : 401, path);
    t.equal(
      (await api.say('GET', path, undefined, { cookie, 'x-muster-console': '0' })).status,
      without,
      path,
    );
  }
  t.match(
    (await api.say('GET', '/api/tasks', undefined, { ...header, cookie })).json(),
    { success: true },
    'the tasks surface responds, not the conda surface',
  );
  t.equal(
    (await api.say('GET', '/jobs', undefined, { ...header, cookie })).status,
    403,
    'an account without the role is not an operator',
  );
  t.equal((await api.say('GET', '/api/conda/environments', undefined, { ...header, cookie })).status, 200);
});

void t.test(
  'refuses the cookie without the secret of its page, which other ports do not receive',
  async (t) => {
    const { api, signedIn } = await scene(t);
    const { cookie = '', 'x-muster-console': secret = '' } = await signedIn();
    const other = await signedIn();
    const withCookie = cookie.split('=')[1]?.split('.')[1] ?? '';
    for (const value of [
      '1',
      'none',
      '',
      other['x-muster-console'] ?? '',
      withCookie,
      `${secret}x`,
      secret.slice(1),
    ])
      t.equal(
        (await api.say('GET', '/api/auth/me', undefined, { cookie, 'x-muster-console': value })).status,
        401,
        value,
      );
    t.equal(
      (await api.say('GET', '/api/auth/me', undefined, { cookie, 'x-muster-console': secret })).status,
      200,
    );
    const me = await api.say('GET', '/console/api/me', undefined, { cookie, 'x-muster-console': 'none' });
    t.match(me.json(), { account: null }, 'a page that lost its secret can sign in again');
    t.notOk(
      (await api.events()).some(({ data }) => data.includes(secret)),
      'the secret is in no event',
    );
  },
);

void t.test('the cookie has the prefix that only its own host can set where it is Secure', async (t) => {
  const { signIn, api } = await scene(t);
  const said = await signIn({ ...PAGE, 'x-forwarded-proto': 'https' });
  t.match(
    cookiesIn(said.headers)[0],
    /^__Host-muster_console=\S+; Path=\/; HttpOnly; SameSite=Strict; .*; Secure$/,
  );
  const { cookie = '', ...header } = headersOf(said);
  const planted = `muster_console=planted; ${cookie}`;
  t.equal((await api.say('GET', '/api/auth/me', undefined, { ...header, cookie: planted })).status, 200);
});

void t.test('refuses requests from pages of other origins', async (t) => {
  const { api, signIn, signedIn } = await scene(t);
  t.equal((await signIn({})).status, 403, 'the console header is required');
  t.equal((await signIn({ ...PAGE, origin: 'https://evil.example' })).status, 403);
  t.equal((await signIn({ ...PAGE, 'sec-fetch-site': 'cross-site' })).status, 403);
  const headers = await signedIn();
  for (const foreign of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])
    t.equal((await api.say('GET', '/api/auth/me', undefined, { ...headers, ...foreign })).status, 401);
  t.equal(
    (
      await api.say('DELETE', '/console/api/session', undefined, {
        ...headers,
        origin: 'https://evil.example',
      })
    ).status,
    403,
  );
  t.equal(
    (await api.say('GET', '/api/auth/me', undefined, headers)).status,
    200,
    'the session is still valid',
  );
});

void t.test('ends a session and clears its cookie at sign-out', async (t) => {
  const { api, signedIn } = await scene(t);
  const headers = await signedIn();
  const out = await api.say('DELETE', '/console/api/session', undefined, headers);
  t.equal(out.status, 204);
  t.match(cookiesIn(out.headers)[0], /^muster_console=; .*Max-Age=0/);
  t.equal((await api.say('GET', '/api/auth/me', undefined, headers)).status, 401);
  const me = await api.say('GET', '/console/api/me', undefined, headers);
  t.match(me.json(), { account: null, operator: false });
  t.match(
    cookiesIn(me.headers)[0],
    /Max-Age=0/,
    'the stale cookie is cleared, so that loopback requests have operator rights again',
  );
  t.equal(
    (await api.say('DELETE', '/console/api/session', undefined, PAGE)).status,
    204,
    'a sign-out without a session succeeds',
  );
});

void t.test('ends a session when the password changes', async (t) => {
  const { api, signedIn } = await scene(t);
  const headers = await signedIn();
  const changed = await api.say(
    'PUT',
    '/api/auth/me/password',
    { current_password: ACCOUNT.password, password: 'password456' },
    headers,
  );
  t.equal(changed.status, 200, changed.body);
  t.equal((await api.say('GET', '/api/auth/me', undefined, headers)).status, 401);
});

void t.test(
  'ends a session after half an hour of inactivity, and after twelve hours at the latest',
  async (t) => {
    const { api, clock, signedIn } = await scene(t);
    const idle = await signedIn();
    clock.move(31 * MINUTE);
    t.equal((await api.say('GET', '/api/auth/me', undefined, idle)).status, 401);
    const used = await signedIn();
    const renewals = async (): Promise<number> =>
      (await api.events()).filter(({ type }) => type === 'SessionRenewed').length;
    t.equal(await renewals(), 0);
    let minutes = 0;
    for (; minutes < 13 * 60; minutes += 5) {
      if ((await api.say('GET', '/api/auth/me', undefined, used)).status !== 200) break;
      clock.move(5 * MINUTE);
    }
    t.ok(minutes >= 12 * 60 - 5 && minutes <= 12 * 60, `${minutes} minutes`);
    const recorded = await renewals();
    t.ok(recorded >= 40 && recorded <= 72, `${recorded} renewals in twelve hours`);
  },
);

void t.test('does not extend a session on automatic requests', async (t) => {
  const { api, clock, signedIn } = await scene(t);
  const headers = await signedIn();
  for (let minutes = 0; minutes < 30; minutes += 5) {
    t.match((await api.say('GET', '/console/api/me', undefined, headers)).json(), {
      account: { name: 'ann' },
    });
    clock.move(5 * MINUTE);
  }
  t.match((await api.say('GET', '/console/api/me', undefined, headers)).json(), { account: null });
});

void t.test('does not accept the session cookie of another surface', async (t) => {
  const { api, signedIn } = await scene(t);
  const conda = cookieIn((await api.say('POST', '/login', ACCOUNT)).headers).split('=')[1] ?? '';
  const { cookie = '' } = await signedIn();
  const value = cookie.slice(cookie.indexOf('=') + 1);
  t.equal(
    (await api.say('GET', '/api/auth/me', undefined, { ...PAGE, cookie: `muster_console=${conda}` })).status,
    401,
  );
  t.equal(
    (await api.say('GET', '/api/conda/environments', undefined, { cookie: `session=${value}` })).status,
    401,
  );
});
