import t from 'tap';
import { openTestApi, type TestApi } from '../http/support/test-api.js';

const NAMED = { username: 'ann', password: 'password123' };
const BODIES = [
  NAMED,
  { ...NAMED, email: 'ann@example.com' },
  { ...NAMED, is_admin: false },
  { ...NAMED, role: 'user' },
];

async function postsOf(api: TestApi): Promise<string[]> {
  const paths: string[] = [];
  for (const surface of ['gpu', 'services', 'conda', 'tasks', 'cluster', 'audit']) {
    const document = (await api.say('GET', `/openapi/${surface}.json`)).json() as {
      paths: Record<string, object>;
    };
    for (const [path, operations] of Object.entries(document.paths))
      if ('post' in operations && !path.includes('{')) paths.push(path);
  }
  return [...new Set(paths)];
}

void t.test(
  'creates no account on any route for an anonymous caller while registration is closed',
  async (t) => {
    const api = await openTestApi(t, {
      openRegistration: false,
      settings: { testApiKey: 'test-key', joinToken: 'j'.repeat(20), host: '0.0.0.0' },
    });
    const paths = await postsOf(api);
    t.ok(paths.includes('/api/auth/register') && paths.includes('/api/v1/auth/register'));
    for (const path of paths) {
      const said = [];
      for (const body of BODIES) said.push(await api.say('POST', path, body));
      t.ok(
        said.every(({ status }) => status >= 400),
        path,
      );
      if (/auth\/register$/.test(path))
        t.ok(
          said.some(
            ({ status, body }) =>
              status === 403 && body.includes('registration is closed: ask an administrator for an account'),
          ),
          path,
        );
    }
    t.notOk(
      (await api.events()).some(({ type }) => type === 'UserRegistered' || type === 'UsernameReserved'),
    );
  },
);

void t.test('creates an account on each registration route while registration is open', async (t) => {
  const open = await openTestApi(t);
  t.equal((await open.say('POST', '/api/auth/register', NAMED)).status, 201);
  t.equal(
    (await open.say('POST', '/api/v1/auth/register', { ...NAMED, username: 'ben', email: 'ben@example.com' }))
      .status,
    201,
  );
});
