import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { access, type Policy, type Requirement } from '#src/http/access/policy.js';
import { authorizationTable, expected } from '#src/http/access/table.js';
import { openTestApi } from './support/test-api.js';

const PASSWORD = 'password123';
const right: Requirement = {
  of: 'the right execute',
  heldBy: ['admin'],
  missing: ({ role }) => (role === 'admin' ? undefined : 'running this requires the right execute'),
};
const { access: policy }: { readonly access: Policy } = access.account('gpu', undefined, right);

void t.test('refuses an account without the required right, and reports the right', async (t) => {
  const api = await openTestApi(t, {}, (app) => {
    app.get('/planted', { config: { access: policy } }, async () => 'done');
  });
  await firstAdministrator(
    api.identity,
    { username: 'root', password: PASSWORD },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD });
  const as = async (username: string) => {
    const { token } = (await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as {
      token: string;
    };
    return await api.say('GET', '/planted', undefined, { authorization: `Bearer ${token}` });
  };
  t.match(await as('ann'), {
    status: 403,
    body: '{"error":"not allowed: running this requires the right execute"}',
  });
  t.match(await as('root'), { status: 200, body: 'done' });
  t.match(await api.say('GET', '/planted'), { status: 401 });
});

void t.test('lists the required right and who has it in the authorization table', (t) => {
  t.equal(expected(policy, 'user', 'own', 'GET'), 403);
  t.equal(expected(policy, 'admin', 'own', 'GET'), 'in');
  t.equal(expected(policy, 'nobody', 'own', 'GET'), 401);
  t.match(
    authorizationTable([{ method: 'GET', url: '/planted', policy }]),
    '| `GET /planted` | accounts with the right execute (scope `gpu`) | 401 | 401 | 403 | 403 | 403 | 403 | in | 403 | 401 |',
  );
  t.end();
});
