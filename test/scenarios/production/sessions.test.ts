import { join } from 'node:path';
import t from 'tap';
import { cookieIn } from '../../fixtures/cookie.js';
import { ownFolder } from '../../fixtures/folder.js';
import { required } from '../../fixtures/requirement.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { productionMissing, productionWiring } from '../../fixtures/wiring/production.js';

t.setTimeout(600_000);

const PASSWORD = 'password123';

void t.test('a session is valid on both of two servers, and ends on both at once', async (t) => {
  if (!required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring')) return;
  const folder = ownFolder(t);
  const wiring = await productionWiring(t, folder);
  const env = { MUSTER_ADMIN_PASSWORD: PASSWORD };
  const one = await startServer(t, { dataDir: join(folder, 'one'), wiring, env });
  const two = await startServer(t, { dataDir: join(folder, 'two'), wiring, env });
  const logIn = async ({ api }: Server, username: string): Promise<string> =>
    cookieIn((await api.post('/login', { username, password: PASSWORD })).headers);
  const look = async ({ api }: Server, cookie: string): Promise<number> =>
    (await api.get('/api/conda/x', { headers: { cookie } })).status;

  const root = await logIn(one, 'admin');
  t.same([await look(one, root), await look(two, root)], [404, 404]);
  t.equal(
    (
      await two.api.post(
        '/create_user',
        { username: 'ann', password: PASSWORD, is_admin: true },
        { headers: { cookie: root } },
      )
    ).status,
    201,
  );
  const ann = await logIn(one, 'ann');
  t.equal(await look(two, ann), 404);

  const { users } = (
    await one.api.get<{ users: readonly { id: string }[] }>('/api/auth/users?username=ann', {
      headers: { authorization: await bearer(one) },
    })
  ).body;
  await two.api.put(
    `/api/auth/users/${users[0]!.id}/role`,
    { role: 'user' },
    { headers: { authorization: await bearer(two) } },
  );
  t.equal(
    (await one.api.post('/create_user', {}, { headers: { cookie: ann } })).status,
    403,
    'the current role of the account counts',
  );
  await two.api.post(`/api/auth/users/${users[0]!.id}/deactivate`, undefined, {
    headers: { authorization: await bearer(two) },
  });
  t.same([await look(one, ann), await look(two, ann)], [401, 401]);

  t.equal((await two.api.post('/logout', undefined, { headers: { cookie: root } })).status, 200);
  t.same([await look(one, root), await look(two, root)], [401, 401]);
  const again = await logIn(two, 'admin');
  await two.kill();
  t.equal(await look(one, again), 404, 'a session does not need the server that opened it');
});

async function bearer({ api }: Server): Promise<string> {
  return `Bearer ${(await api.post<{ token: string }>('/api/auth/login', { username: 'admin', password: PASSWORD })).body.token}`;
}
