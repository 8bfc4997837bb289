import t from 'tap';
import { cookieIn } from '../../../fixtures/cookie.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const ANN = { username: 'ann', password: 'password123' };
const LOGGED_OUT = {
  success: false,
  message: 'Authentication required',
  error: 'Please log in to perform this operation',
};
/** Routes of the contract on paths of tasks. */
const SHARED: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/api/tasks'],
  ['POST', '/api/tasks'],
  ['GET', '/api/tasks/stats'],
  ['GET', '/api/tasks/history'],
  ['GET', '/api/tasks/1'],
  ['POST', '/api/tasks/1/stop'],
];

const api = await openTestApi(t, {
  settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1', localAccess: 'same-user' },
});
const { userId } = await api.identity.registrations.register(
  { ...ANN, role: 'user', execute: true },
  commandContext(),
);
const cookie = cookieIn((await api.say('POST', '/login', ANN)).headers);
const { token } = (await api.say('POST', '/api/auth/login', ANN)).json() as { token: string };
const bearer = { authorization: `Bearer ${token}` };
const keyFor = async (scope: string): Promise<Record<string, string>> => ({
  authorization: `Bearer ${(await api.identity.apiKeys.issue(userId, { name: scope, scopes: [scope] }, commandContext())).apiKey}`,
});

void t.test(
  'responds 401 in its own format to requests below /api/tasks without Authorization',
  async (t) => {
    for (const [method, path] of SHARED) {
      for (const headers of [
        {},
        { cookie: 'session=x' },
        { cookie: 'other=1' },
        { 'x-api-key': 'x' },
      ] as Record<string, string>[]) {
        const said = await api.say(method, path, undefined, headers);
        t.equal(said.status, 401, `${method} ${path}`);
        t.same(said.json(), LOGGED_OUT);
      }
    }
    t.equal((await api.say('HEAD', '/api/tasks')).status, 401);
  },
);

void t.test(
  "serves requests below /api/tasks with a session, and uses the contract's message for missing tasks",
  async (t) => {
    const say = async (method: string, path: string, body?: unknown) =>
      await api.say(method, path, body, { cookie });
    t.same((await say('GET', '/api/tasks')).json(), []);
    t.match((await say('GET', '/api/tasks/stats')).json(), {
      total: 0,
      avg_duration: 0,
      success_rate: 0,
      recent_tasks: [],
    });
    t.same((await say('GET', '/api/tasks/history')).json(), { status: 'success', data: [] });
    for (const [method, path] of [
      ['GET', '/api/tasks/1'],
      ['POST', '/api/tasks/1/stop'],
      ['DELETE', '/api/tasks/1'],
    ] as const) {
      const said = await say(method, path);
      t.equal(said.status, 404, `${method} ${path}`);
      t.same(said.json(), { success: false, message: 'Task with ID 1 not found' });
    }
    t.match((await say('GET', '/api/tasks/1/nothing')).json(), {
      success: false,
      message: 'no such resource: GET /api/tasks/1/nothing',
    });
  },
);

void t.test('routes requests below /api/tasks with Authorization to the tasks surface', async (t) => {
  for (const headers of [bearer, { ...bearer, cookie }, { ...bearer, cookie: 'session=x' }] as Record<
    string,
    string
  >[]) {
    t.match(await api.say('GET', '/api/tasks', undefined, headers), { status: 200, body: /"pagination"/ });
    t.match((await api.say('GET', '/api/tasks/1', undefined, headers)).json(), {
      success: false,
      data: null,
    });
    t.equal((await api.say('POST', '/api/tasks/1/stop', undefined, headers)).status, 404);
    t.match((await api.say('POST', '/api/tasks/1/stop', undefined, headers)).json(), {
      success: false,
      data: null,
    });
  }
  for (const authorization of ['Bearer x', 'Basic x', '']) {
    const said = await api.say('GET', '/api/tasks', undefined, { authorization, cookie });
    t.equal(said.status, 401);
    t.match(said.json(), { success: false, data: null }, 'a cookie does not replace an invalid token');
  }
});

void t.test('accepts a token, an API key or a cookie below /api/conda', async (t) => {
  const look = async (headers: Record<string, string>) =>
    await api.say('GET', '/api/conda/environments', undefined, headers);
  for (const headers of [bearer, { cookie }, await keyFor('conda'), await keyFor('*')])
    t.equal((await look(headers)).status, 200);
  const nobody: readonly Record<string, string>[] = [
    {},
    { authorization: 'Bearer x' },
    { authorization: 'Bearer x', cookie },
    { cookie: 'session=' },
  ];
  for (const headers of nobody) {
    const said = await look(headers);
    t.equal(said.status, 401);
    t.same(said.json(), LOGGED_OUT);
  }
  const other = await look(await keyFor('gpu'));
  t.equal(other.status, 403);
  t.same(other.json(), {
    success: false,
    message: 'Unauthorized - Insufficient privileges',
    error: 'not allowed: the API key lacks the scope conda',
  });
});

void t.test('refuses logins and changes from pages of other origins, and records nothing', async (t) => {
  const host = '127.0.0.1:8080';
  const foreign: readonly Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:8081' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
  ];
  const before = (await api.events()).length;
  for (const headers of foreign) {
    for (const [path, body] of [
      ['/login', ANN],
      ['/logout', undefined],
      ['/create_user', { username: 'x', password: ANN.password }],
    ] as const) {
      const said = await api.say('POST', path, body, { host, cookie, ...headers });
      t.equal(said.status, 403, `${path} ${JSON.stringify(headers)}`);
      t.same(said.json(), {
        message: 'not allowed: the request comes from a page with a different origin',
      });
      t.equal(said.headers['set-cookie'], undefined);
    }
    for (const [method, path] of [
      ['POST', '/api/tasks'],
      ['DELETE', '/api/conda/environment/x'],
    ] as const) {
      const said = await api.say(method, path, undefined, { host, cookie, ...headers });
      t.equal(said.status, 403);
      t.match(said.json(), { success: false, message: 'Not allowed', error: /different origin/ });
    }
  }
  t.equal((await api.events()).length, before);
  for (const headers of [{ origin: `http://${host}` }, { 'sec-fetch-site': 'same-origin' }] as Record<
    string,
    string
  >[])
    t.equal((await api.say('POST', '/login', ANN, { host, ...headers })).status, 200);
});

void t.test('applies deactivation, role changes and password changes immediately', async (t) => {
  const { identity } = api;
  const made = await identity.registrations.register(
    { username: 'bob', password: ANN.password, role: 'admin' },
    commandContext(),
  );
  await identity.registrations.register(
    { username: 'another', password: ANN.password, role: 'admin' },
    commandContext(),
  );
  await api.caughtUp();
  const logIn = async (password = ANN.password): Promise<string> =>
    cookieIn((await api.say('POST', '/login', { username: 'bob', password })).headers);
  const look = async (bob: string): Promise<number> =>
    (await api.say('POST', '/create_user', {}, { cookie: bob })).status;
  const bob = await logIn();
  t.equal(await look(bob), 400);
  await identity.users.changeRole(made.userId, 'user', commandContext());
  t.equal(await look(bob), 403);
  await identity.users.changeRole(made.userId, 'admin', commandContext());
  t.equal(await look(bob), 400);
  await identity.users.setActive(made.userId, false, commandContext());
  t.equal(await look(bob), 401);
  await identity.users.setActive(made.userId, true, commandContext());
  t.equal(await look(bob), 401, 'an ended session is not restored');
  const again = await logIn();
  await identity.users.setPassword(made.userId, 'password456', commandContext());
  t.equal(await look(again), 401);
});
