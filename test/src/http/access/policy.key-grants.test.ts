import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { openTestApi } from '../support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const PASSWORD = 'password123';

/** All routes that create an account or change its rights. */
const GRANTS = (id: string) =>
  [
    ['POST', '/api/auth/users', { username: 'eve', password: PASSWORD, role: 'admin' }],
    ['PUT', `/api/auth/users/${id}/role`, { role: 'admin' }],
    ['PUT', `/api/auth/users/${id}/execution`, { execute: true }],
    ['PUT', `/api/auth/users/${id}/password`, { password: PASSWORD }],
    ['POST', `/api/auth/users/${id}/deactivate`, undefined],
    ['POST', `/api/auth/users/${id}/reactivate`, undefined],
    ['PUT', `/api/v1/admin/users/${id}/role`, { role: 'admin' }],
    ['PUT', `/api/v1/admin/users/${id}/deactivate`, undefined],
    ['PUT', `/api/v1/admin/users/${id}/activate`, undefined],
    ['DELETE', `/api/auth/users/${id}`, undefined],
  ] as const;

void t.test('refuses account changes with an API key that is limited to some surfaces', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
  });
  await firstAdministrator(
    api.identity,
    { username: 'root', password: PASSWORD },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  const root = (await api.identity.users.idOf('root')) ?? '';
  const { userId: id } = await api.identity.registrations.register(
    { username: 'ann', password: PASSWORD, role: 'user' },
    commandContext(),
  );
  const withKey = async (...scopes: string[]) => {
    const { apiKey } = await api.identity.apiKeys.issue(root, { name: 'k', scopes }, commandContext());
    return async (method: string, path: string, body?: unknown) =>
      await api.say(method, path, body, { authorization: `Bearer ${apiKey}` });
  };
  const limited = await withKey('gpu', 'services', 'conda', 'tasks');
  t.match(await limited('GET', '/api/auth/users'), { status: 200 });
  t.match(await limited('GET', '/api/v1/admin/users'), { status: 200 });
  for (const [method, path, body] of GRANTS(id))
    t.match(await limited(method, path, body), { status: 403 }, `${method} ${path}`);
  t.equal(await api.identity.users.idOf('eve'), undefined);
  const whole = await withKey('*');
  for (const [method, path, body] of GRANTS(id))
    t.match((await whole(method, path, body)).status, /^20[01]$/, `${method} ${path}`);
});
