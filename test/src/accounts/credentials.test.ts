import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { SESSION_COOKIE } from '#src/accounts/credentials.js';
import type { Policy } from '#src/http/access/policy.js';
import { openTestApi } from '../http/support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const ACCOUNT = { username: 'ann', password: 'password123' };
const HOST = 'muster.example:8080';
const access: Policy = { who: 'account', scope: 'conda', accepts: ['cookie'] };

/** A surface that accepts cookies, with one route that reads and one that changes. */
async function scene(t: Test) {
  const api = await openTestApi(
    t,
    { settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1', allowedHosts: [HOST] } },
    (app) => {
      app.get('/with-cookie', { config: { access } }, async (request) => request.principal);
      app.post('/with-cookie', { config: { access } }, async (request) => request.principal);
    },
  );
  await api.say('POST', '/api/auth/register', ACCOUNT);
  const context = commandContext();
  const open = async () => {
    const { sessionId, token, userId } = await api.identity.logins.logIn(
      ACCOUNT.username,
      ACCOUNT.password,
      context,
    );
    return {
      sessionId,
      token,
      userId,
      cookie: `${SESSION_COOKIE}=${api.identity.authenticator.cookieOf(sessionId)}`,
    };
  };
  const say = (method: 'GET' | 'POST', headers: Record<string, string>) =>
    api.say(method, '/with-cookie', undefined, { host: HOST, ...headers });
  return { api, open, say };
}

void t.test('accepts a cookie that the server issued until its session ends', async (t) => {
  const { api, open, say } = await scene(t);
  const { cookie, sessionId, token, userId } = await open();
  t.match(await say('GET', { cookie }), { status: 200 });
  t.match((await say('GET', { cookie: `a=b; ${cookie} ; c="d"` })).json(), {
    kind: 'user',
    via: 'cookie',
    sessionId,
    userId,
    role: 'user',
  });
  t.equal((await say('POST', { cookie })).status, 200, 'a POST without the headers of a browser is accepted');
  t.equal(
    (await api.say('GET', '/api/auth/me', undefined, { cookie })).status,
    401,
    'a surface without cookies refuses a cookie',
  );
  t.equal(
    (await say('GET', { authorization: `Bearer ${token}` })).status,
    401,
    'a route that accepts only cookies refuses a token',
  );

  t.equal(
    (await api.say('POST', '/api/auth/logout', undefined, { authorization: `Bearer ${token}` })).status,
    200,
  );
  t.match(await say('GET', { cookie }), { status: 401, body: /the session has ended/ });
  const other = await open();
  t.equal((await say('GET', { cookie: other.cookie })).status, 200);
  t.equal(
    (
      await api.say(
        'PUT',
        '/api/auth/me/password',
        { current_password: ACCOUNT.password, password: 'password456' },
        { authorization: `Bearer ${other.token}` },
      )
    ).status,
    200,
  );
  t.equal((await say('GET', { cookie: other.cookie })).status, 401, 'a new password ends the session');
});

void t.test('rejects a cookie that the server did not issue', async (t) => {
  const { open, say } = await scene(t);
  const [{ cookie, sessionId }, other] = [await open(), await open()];
  const [, proof = ''] = cookie.split('.');
  const wrong = [
    sessionId,
    `${sessionId}.`,
    `${sessionId}.${proof.slice(0, -1)}`,
    `${sessionId}.${proof}A`,
    `${sessionId}.${'A'.repeat(proof.length)}`,
    `${other.sessionId}.${proof}`,
    `${sessionId.toUpperCase()}.${proof}`,
    `.${proof}`,
    '',
    '.',
    'é',
    'x'.repeat(10_000),
    `${randomUUID()}.${proof}`,
  ];
  for (const value of wrong)
    t.equal((await say('GET', { cookie: `${SESSION_COOKIE}=${value}` })).status, 401, value.slice(0, 60));
  t.equal(
    (await say('GET', { cookie: `${cookie}; ${other.cookie}` })).status,
    401,
    'two different session cookies are refused',
  );
  t.equal((await say('GET', { cookie: `${cookie}; ${cookie}` })).status, 200);
  t.equal((await say('GET', { cookie: cookie.replace(SESSION_COOKIE, `${SESSION_COOKIE}2`) })).status, 401);
  t.equal((await say('GET', {})).status, 401);
});

void t.test('accepts changes only from pages that the server itself serves', async (t) => {
  const { open, say } = await scene(t);
  const { cookie } = await open();
  const from: readonly (readonly [Record<string, string>, number])[] = [
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` }, 403],
    [{ origin: `http://${HOST}` }, 200],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'http://muster.example' }, 403],
    [{ origin: 'null' }, 403],
  ];
  for (const [headers, status] of from) {
    t.equal((await say('POST', { cookie, ...headers })).status, status, JSON.stringify(headers));
    t.equal((await say('GET', { cookie, ...headers })).status, 200, 'a GET is accepted from any page');
  }
});
