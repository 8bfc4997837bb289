import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Attempt } from '#src/accounts/attempts.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { commandContext } from '../../../fixtures/command-context.js';
import { openTestApi } from '../support/test-api.js';

const PASSWORD = 'password123';
const TYPED = 'a-wrong-password-that-was-typed';
const api = await openTestApi(t, {
  settings: { host: '0.0.0.0', joinToken: undefined, testApiKey: undefined },
});
await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
const bob = await api.identity.registrations.register(
  { username: 'bob', password: PASSWORD, role: 'user', execute: true },
  commandContext(),
);

const tokenOf = async (username: string): Promise<Readonly<Record<string, string>>> => {
  const said = await api.say('POST', '/api/auth/login', { username, password: PASSWORD });
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
};
const root = await tokenOf('root');
const asBob = await tokenOf('bob');

/** Attempts are recorded in the background, so a test records them itself. */
async function recorded(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  await api.identity.attempts.flush();
  const { body } = await api.say('GET', `/audit/events?category=attempt&${query}`, undefined, root);
  return body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

void t.test('failed logins are recorded with their number, without what was typed', async (t) => {
  for (const username of ['bob', 'bob', 'bob', 'nobody-of-this-name'])
    t.equal((await api.say('POST', '/api/auth/login', { username, password: TYPED })).status, 401);
  const events = await recorded('type=LoginFailed');
  t.match(events, [
    { data: { account: bob.userId, count: 3 }, metadata: { actor: 'anonymous' } },
    { data: { account: null, count: 1 } },
  ]);
  t.equal(events.length, 2);
  for (const secret of [TYPED, 'nobody-of-this-name', '127.0.0.1'])
    t.notOk(JSON.stringify(events).includes(secret), `no ${secret}`);
  await api.say('POST', '/api/auth/login', { username: 'bob', password: TYPED });
  t.equal((await recorded('type=LoginFailed')).length, 2, 'once a minute');
});

void t.test('refused credentials and rights are recorded with the route', async (t) => {
  const made = { authorization: 'Bearer made-up' };
  t.equal((await api.say('GET', '/api/tasks', undefined, made)).status, 401);
  t.equal((await api.say('GET', '/api/tasks', undefined, {})).status, 401);
  t.match(await recorded('type=CredentialRefused'), [
    { data: { account: null, count: 1, route: 'GET /api/tasks' } },
  ]);
  for (let each = 0; each < 2; each += 1)
    t.equal((await api.say('GET', '/audit/events', undefined, asBob)).status, 403);
  t.match(await recorded('actor=bob'), [
    { type: 'AccessDenied', data: { account: bob.userId, count: 2, route: 'GET /audit/events' } },
  ]);
});

void t.test('reads of secrets are recorded, and other reads are not', async (t) => {
  await api.say('PUT', '/api/secrets/word', { value: 'kept' }, root);
  for (const path of ['/api/tasks', '/api/secrets', '/api/secrets/word'])
    t.equal((await api.say('GET', path, undefined, root)).status, 200);
  t.match(await recorded('type=SecretRead'), [{ data: { count: 1, route: 'GET /api/secrets/:name' } }]);
  const environment = { KEY: 'value' };
  const task = { name: 'task', executor: 'shell', command: 'true', environment };
  const { data } = (await api.say('POST', '/api/tasks', task, asBob)).json() as { data: { id: number } };
  t.equal((await api.say('GET', `/api/tasks/${data?.id}`, undefined, asBob)).status, 200);
  t.match(await recorded('type=SecretRead&actor=bob'), [{ data: { route: 'GET /api/tasks/:task_id' } }]);
});

/** Returns the attempts that are noted from now on. Of those that are recorded, there is only one a minute. */
function noted(t: Test): Attempt[] {
  const found: Attempt[] = [];
  const { attempts } = api.identity;
  const note = attempts.note.bind(attempts);
  const noteToo = (attempt: Attempt): void => {
    found.push(attempt);
    note(attempt);
  };
  Object.assign(attempts, { note: noteToo });
  t.teardown(() => Object.assign(attempts, { note }));
  return found;
}

void t.test('reads of notification URLs are recorded, also in the response to a change', async (t) => {
  const notify = { url: 'https://example.com/hooks/secret' };
  const task = { name: 'told', executor: 'shell', command: 'true', notify };
  const { data } = (await api.say('POST', '/api/tasks', task, asBob)).json() as { data: { id: number } };
  const path = `/api/tasks/${data.id}`;
  t.equal((await api.say('POST', `${path}/notices`, undefined, asBob)).status, 201);
  const reads = noted(t);
  for (const [method, read, body] of [
    ['GET', `${path}/notices`],
    ['GET', `${path}/notices/1`],
    ['PUT', path, { description: 'other' }],
  ] as const)
    t.equal((await api.say(method, read, body, asBob)).status, 200);
  t.same(
    reads.map(({ type, account, route }) => `${type} ${account === bob.userId} ${route}`),
    [
      'SecretRead true GET /api/tasks/:task_id/notices',
      'SecretRead true GET /api/tasks/:task_id/notices/:notice_id',
      'SecretRead true PUT /api/tasks/:task_id',
    ],
  );
});

void t.test('logins that are refused with 429 are counted for the account', async (t) => {
  const { userId } = await api.identity.registrations.register(
    { username: 'carol', password: PASSWORD, role: 'user', execute: true },
    commandContext(),
  );
  const failures = noted(t);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 429 && statuses.length < 60)
    statuses.push((await api.say('POST', '/api/auth/login', { username: 'carol', password: TYPED })).status);
  t.equal(statuses.at(-1), 429);
  t.same(
    failures.map(({ type, account }) => `${type} ${account === userId}`),
    statuses.map(() => 'LoginFailed true'),
  );
});
