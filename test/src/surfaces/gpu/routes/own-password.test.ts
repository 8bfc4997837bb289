import t, { type Test } from 'tap';
import type { IdentityLimits } from '#src/accounts/identity.js';
import { openTestApi } from '../../../http/support/test-api.js';

const [OLD, NEW] = ['password123', 'password456'];

async function scene(t: Test, limits: Partial<IdentityLimits> = {}) {
  const api = await openTestApi(t, {}, () => undefined, limits);
  await api.say('POST', '/api/auth/register', { username: 'ann', password: OLD });
  const logIn = (password: string, from?: string) =>
    api.say('POST', '/api/auth/login', { username: 'ann', password }, {}, from);
  const bearer = async (password: string) => ({
    authorization: `Bearer ${((await logIn(password)).json() as { token: string }).token}`,
  });
  const change = (body: object, headers: Record<string, string>, from?: string) =>
    api.say('PUT', '/api/auth/me/password', body, headers, from);
  return { api, logIn, bearer, change };
}

void t.test('changes a password with the current one, and ends all sessions', async (t) => {
  const { api, logIn, bearer, change } = await scene(t);
  const [one, other] = [await bearer(OLD), await bearer(OLD)];
  const said = await change({ current_password: OLD, password: NEW }, one);
  t.match(said, { status: 200, body: '{"message":"The password was changed and all sessions were ended"}' });
  for (const session of [one, other])
    t.equal((await api.say('GET', '/api/auth/me', undefined, session)).status, 401);
  t.equal((await logIn(OLD)).status, 401);
  t.equal((await logIn(NEW)).status, 200);
});

void t.test('accepts only one of two concurrent password changes', async (t) => {
  const { bearer, change } = await scene(t);
  const session = await bearer(OLD);
  const said = await Promise.all([
    change({ current_password: OLD, password: NEW }, session),
    change({ current_password: OLD, password: `${NEW}!` }, session),
  ]);
  t.same(said.map(({ status }) => status).sort(), [200, 403]);
});

void t.test('changes nothing for a wrong password, an API key, or an invalid new password', async (t) => {
  const { api, logIn, bearer, change } = await scene(t);
  const session = await bearer(OLD);
  const before = (await api.events()).length;
  t.match(await change({ current_password: 'wrong-password', password: NEW }, session), {
    status: 403,
    body: '{"error":"not allowed: current_password is wrong"}',
  });
  for (const body of [
    { password: NEW },
    { current_password: OLD },
    { current_password: OLD, password: 'short' },
    { current_password: OLD, password: NEW, role: 'admin' },
  ]) {
    t.equal((await change(body, session)).status, 400, JSON.stringify(body));
  }
  t.equal((await change({ current_password: OLD, password: NEW }, {})).status, 401);
  t.equal((await api.events()).length, before);
  const { api_key: key } = (
    await api.say('POST', '/api/auth/api-keys', { name: 'k', scopes: ['gpu'] }, session)
  ).json() as { api_key: string };
  t.match(await change({ current_password: OLD, password: NEW }, { authorization: `Bearer ${key}` }), {
    status: 403,
    body: /an API key cannot change passwords/,
  });
  t.equal((await logIn(OLD)).status, 200);
});

void t.test('counts wrong current passwords as failed logins', async (t) => {
  const { logIn, bearer, change } = await scene(t, { loginFailures: 3 });
  const session = await bearer(OLD);
  const stranger = '203.0.113.9';
  for (let tries = 0; tries < 3; tries += 1)
    t.equal(
      (await change({ current_password: `wrong-${tries}-password`, password: NEW }, session, stranger))
        .status,
      403,
    );
  t.match(await change({ current_password: OLD, password: NEW }, session, stranger), {
    status: 429,
    headers: { 'retry-after': String },
  });
  t.equal((await logIn(OLD, stranger)).status, 429);
  t.equal((await logIn(OLD)).status, 200, 'an address that logged in before still can');
});
