import t from 'tap';
import type { RouteAccess } from '#src/http/access/table.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { collectAccess } from '../../generated/authorization.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';

t.setTimeout(120_000 * PATIENCE);

const ANN = { username: 'ann-who-left', password: 'password123' };

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { bearer: root, headersOf } = await everyObject(api);

void t.test('what was erased stays erased as of any earlier moment, on every route', async (t) => {
  t.equal((await api.say('POST', '/api/auth/register', ANN)).status, 201);
  const id = (await api.identity.users.idOf(ANN.username)) ?? '';
  const { token } = (await api.say('POST', '/api/auth/login', ANN)).json() as { token: string };
  t.equal(
    (
      await api.say(
        'POST',
        '/api/tasks',
        { name: 'hers', executor: 'http', url: 'https://example.com/' },
        { authorization: `Bearer ${token}` },
      )
    ).status,
    201,
  );
  await api.caughtUp();
  const then = { 'x-muster-as-of': String(await api.store.head()) };

  /** Returns the routes whose response as of that moment has the name. */
  const tellingName = async (): Promise<string[]> => {
    const found = new Set<string>();
    let answered = 0;
    for (const { method, url, policy } of routes) {
      if (method !== 'GET') continue;
      const path = url.replaceAll(/:\w+/g, url.includes('users') ? id : '1');
      const { status, body } = await api.say('GET', path, undefined, { ...headersOf(policy), ...then });
      if (status === 200) answered += 1;
      if (body.includes(ANN.username)) found.add(url);
    }
    t.ok(answered > 30, `${answered} routes have a past`);
    return [...found];
  };
  const before = await tellingName();
  t.ok(before.includes('/api/auth/users') && before.includes('/api/auth/users/:id'), before.join(', '));
  t.equal((await api.say('DELETE', `/api/auth/users/${id}`, undefined, root)).status, 200);
  // The console remembers names for ten seconds.
  await eventually(async () => (await tellingName()).every((url) => url.startsWith('/console/')));
  await eventually(async () => (await tellingName()).length === 0, { timeout: 30_000 });
  const { body } = await api.say('GET', `/api/auth/users/${id}`, undefined, { ...root, ...then });
  t.match(JSON.parse(body), { username: 'erased' });
});
