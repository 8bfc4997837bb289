import t from 'tap';
import type { Said } from '../../../http/support/test-api.js';
import { tasksScene, type Headers } from './scene.js';

const dataOf = <Data>(said: Said): Data => (said.json() as { data: Data }).data;

void t.test('sets, lists and removes a secret without showing its value', async (t) => {
  const { api, ann, abe, ben, root } = await tasksScene(t);
  const value = 'kept to ourselves 4711';
  const answers: string[] = [];
  const say = async (who: Headers, method: string, path: string, body?: object): Promise<Said> => {
    const said = await api.say(method, path, body, who);
    answers.push(said.body);
    return said;
  };
  const made = await say(ann, 'PUT', '/api/secrets/db-password', { value });
  t.match(made, { status: 200 });
  t.match(made.json(), {
    success: true,
    message: 'Secret set',
    data: { name: 'db-password', version: 1, created_at: /Z$/ },
  });
  t.match(dataOf(await say(ann, 'PUT', '/api/secrets/db-password', { value: `${value}!` })), { version: 2 });
  t.match(
    dataOf(await say(ann, 'PUT', '/api/secrets/db-password', { value: `${value}!` })),
    { version: 2 },
    'an unchanged value keeps its version',
  );
  for (const name of ['b', 'a', '__proto__'])
    t.equal((await say(abe, 'PUT', `/api/secrets/${name}`, { value })).status, 200);

  const names = async (who: Headers, query = ''): Promise<unknown> =>
    (dataOf(await say(who, 'GET', `/api/secrets${query}`)) as { name: string }[]).map(({ name }) => name);
  t.same(await names(ann), ['__proto__', 'a', 'b', 'db-password']);
  t.same(await names(abe, '?page=2&size=3'), ['db-password']);
  t.match((await say(abe, 'GET', '/api/secrets?page=2&size=3')).json(), {
    pagination: { page: 2, size: 3, total: 4, pages: 2 },
  });
  for (const other of [ben, root]) {
    t.same(await names(other), [], 'secrets of another tenant are not listed');
    t.equal((await say(other, 'GET', '/api/secrets/a')).status, 404);
    t.equal((await say(other, 'DELETE', '/api/secrets/a')).status, 404);
  }
  t.equal((await say(ben, 'PUT', '/api/secrets/a', { value: 'another' })).status, 200);

  for (const method of ['PUT', 'DELETE'])
    t.match(
      (await say(abe, method, '/api/secrets/db-password', method === 'PUT' ? { value } : undefined)).json(),
      { message: /only the creator or an administrator/, data: null },
    );
  t.equal(
    (await say(abe, 'GET', '/api/secrets/db-password')).status,
    200,
    'every account of the tenant can see that the secret exists',
  );
  const refers = {
    name: 'backup',
    executor: 'shell',
    command: 'true',
    environment: { LANG: 'C', PW: { secret: 'db-password' } },
  };
  const { id } = dataOf<{ id: number }>(await say(ann, 'POST', '/api/tasks', refers));
  t.match(dataOf(await say(ann, 'GET', '/api/secrets/db-password')), { tasks: [{ id, name: 'backup' }] });
  t.same(dataOf<{ environment: object }>(await say(abe, 'GET', `/api/tasks/${id}`)).environment, {
    LANG: '***',
    PW: { secret: 'db-password' },
  });
  const gone = await say(ann, 'DELETE', '/api/secrets/db-password');
  t.match(gone.json(), {
    data: { name: 'db-password', tasks: [{ id }] },
    message: 'Secret removed; still used by 1 task',
  });
  t.equal((await say(ann, 'DELETE', '/api/secrets/db-password')).status, 404);
  t.equal(
    (await say(ann, 'PUT', `/api/tasks/${id}`, { description: 'still there' })).status,
    200,
    'a task can be changed without its secret',
  );
  t.match(dataOf(await say(ann, 'GET', `/api/tasks/${id}`)), { environment: refers.environment });

  for (const text of [...answers, ...(await api.events()).map(({ data, metadata }) => `${data}${metadata}`)])
    t.notOk(text.includes(value), text);
});

void t.test('refuses invalid names, values and references, without repeating a value', async (t) => {
  const { api, ann } = await tasksScene(t);
  const value = 'kept-to-ourselves-4711';
  for (const name of [
    '..%2f',
    '%2e%2e%2fa',
    '.a',
    '-a',
    'a%20b',
    'a%0a',
    'a%00',
    '%c3%a4',
    'x'.repeat(65),
    'a%252e%2f',
  ])
    t.ok([400, 404].includes((await api.say('PUT', `/api/secrets/${name}`, { value }, ann)).status), name);
  const bodies: readonly unknown[] = [
    {},
    { value: 1 },
    { value: null },
    { value: [value] },
    { value: `${value}\0` },
    { value: value.repeat(2_000) },
    { value, more: value },
    [value],
    value,
  ];
  for (const body of bodies) {
    const said = await api.say(
      'PUT',
      '/api/secrets/a',
      typeof body === 'string' ? JSON.stringify(body) : body,
      { ...ann, 'content-type': 'application/json' },
    );
    t.equal(said.status, 400, said.body);
    t.notOk(said.body.includes(value), said.body);
  }
  t.equal(
    (
      await api.say('PUT', '/api/secrets/a', `{"value":"${value}"`, {
        ...ann,
        'content-type': 'application/json',
      })
    ).status,
    400,
  );
  t.same(dataOf(await api.say('GET', '/api/secrets', undefined, ann)), []);

  const shell = { name: 'a', executor: 'shell', command: 'true' };
  const http = { name: 'a', executor: 'http', url: 'https://example.com/' };
  for (const reference of [
    {},
    { secret: '' },
    { secret: '../a' },
    { secret: 1 },
    { secret: 'a', more: 1 },
    { Secret: 'a' },
    { secret: { secret: 'a' } },
    null,
    ['a'],
  ]) {
    for (const body of [
      { ...shell, environment: { PW: reference } },
      { ...http, headers: { Authorization: reference } },
    ])
      t.equal((await api.say('POST', '/api/tasks', body, ann)).status, 400, JSON.stringify(body));
  }
  const elsewhere = [
    { ...shell, command: { secret: 'a' } },
    { ...http, body: { secret: 'a' }, method: 'POST' },
    { ...http, url: { secret: 'a' } },
  ];
  for (const body of elsewhere)
    t.equal(
      (await api.say('POST', '/api/tasks', body, ann)).status,
      400,
      'references are allowed only in environment and headers',
    );
});

void t.test('lets an API key list secrets with tasks:read and change them with tasks:write', async (t) => {
  const { api, ann } = await tasksScene(t);
  const key = async (scope: string): Promise<Headers> => {
    const { api_key: issued } = (
      await api.say('POST', '/api/auth/api-keys', { name: scope, scopes: [scope] }, ann)
    ).json() as { api_key: string };
    return { authorization: `Bearer ${issued}` };
  };
  const [reads, writes, other] = [
    await key('tasks:read'),
    await key('tasks:write'),
    await key('tasks:trigger'),
  ];
  const status = async (who: Headers, method: string, path: string): Promise<number> =>
    (await api.say(method, path, method === 'PUT' ? { value: 'v' } : undefined, who)).status;
  t.same(
    [
      await status(writes, 'PUT', '/api/secrets/a'),
      await status(reads, 'PUT', '/api/secrets/a'),
      await status(other, 'PUT', '/api/secrets/a'),
    ],
    [200, 403, 403],
  );
  t.same(
    [
      await status(writes, 'GET', '/api/secrets'),
      await status(reads, 'GET', '/api/secrets'),
      await status(other, 'GET', '/api/secrets/a'),
    ],
    [403, 200, 403],
  );
  t.same(
    [await status(reads, 'DELETE', '/api/secrets/a'), await status(writes, 'DELETE', '/api/secrets/a')],
    [403, 200],
  );
});

void t.test('sets a secret only once for a repeated key, and refuses another value', async (t) => {
  const { api, ann } = await tasksScene(t);
  const put = async (value: string): Promise<Said> =>
    await api.say('PUT', '/api/secrets/a', { value }, { ...ann, 'idempotency-key': 'k' });
  t.equal((await put('one')).status, 200);
  await api.say('PUT', '/api/secrets/a', { value: 'two' }, ann);
  t.match(dataOf(await put('one')), { version: 2 }, 'a repeated request does not replace a later value');
  t.equal((await put('three')).status, 422);
  await api.say('DELETE', '/api/secrets/a', undefined, ann);
  t.match(
    dataOf(await put('one')),
    { name: 'a', version: 1 },
    'a repeated request gets its first response, and does not restore the secret',
  );
  t.equal((await api.say('GET', '/api/secrets/a', undefined, ann)).status, 404);
});

void t.test('warns about missing secrets when a task is created', async (t) => {
  const { api, ann, ben } = await tasksScene(t);
  const say = async (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ message: string; data: { id: number } }> => (await api.say(method, path, body, ann)).json();
  await api.say('PUT', '/api/secrets/b', { value: 'of another tenant' }, ben);
  await say('PUT', '/api/secrets/a', { value: 'x' });
  const refers = {
    name: 'backup',
    executor: 'http',
    url: 'https://example.com/',
    headers: { A: { secret: 'a' } },
  };
  const { message, data } = await say('POST', '/api/tasks', refers);
  t.equal(message, 'Task created');
  const headers = { ...refers.headers, B: { secret: 'b' }, C: { secret: 'c' }, D: { secret: 'b' } };
  const change = await say('PUT', `/api/tasks/${data.id}`, { headers });
  t.equal(change.message, 'Task updated, but secrets are missing: b, c. Runs fail until they are set');
  t.match(await say('POST', '/api/tasks', { ...refers, name: 'second', headers }), {
    success: true,
    message: /^Task created, but secrets are missing: b, c/,
  });
  await say('PUT', '/api/secrets/b', { value: 'x' });
  await say('PUT', '/api/secrets/c', { value: 'x' });
  t.equal(
    (await say('PUT', `/api/tasks/${data.id}`, { description: 'all are there' })).message,
    'Task updated',
  );
});
