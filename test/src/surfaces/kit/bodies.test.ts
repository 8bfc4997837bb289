import t from 'tap';
import { problemOfJson } from '#src/surfaces/kit/bodies.js';
import { openTestApi } from './support/test-api.js';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, 'x:{,}[']));

void t.test('an object with very many fields is refused before it is validated, wherever it stands', (t) => {
  t.equal(problemOfJson(JSON.stringify(many(4096)), 8), undefined);
  for (const body of [many(4097), { a: many(4097) }, [{ a: [many(4097)] }]])
    t.equal(problemOfJson(JSON.stringify(body), 8), 'has an object with more than 4096 fields');
  t.equal(
    problemOfJson(JSON.stringify([many(3000), many(3000), { a: many(3000), b: many(3000) }]), 8),
    undefined,
    'each counts on its own',
  );
  t.equal(problemOfJson(JSON.stringify(Array.from({ length: 50_000 }, () => ({ a: 1 }))), 8), undefined);
  t.equal(problemOfJson('"a\\":{"', 1), undefined);
  t.equal(problemOfJson('[[[', 2), 'is nested more than 2 deep');
  t.end();
});

void t.test('a body of 35,000 headers takes a small part of a second', async (t) => {
  const api = await openTestApi(t);
  await api.say('POST', '/api/auth/register', { username: 'ann', password: 'password123' });
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  const body = {
    name: 'a',
    executor: 'http',
    url: 'https://example.com/',
    headers: Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`h${index}`, 'x'])),
  };
  const begun = process.cpuUsage();
  const said = await api.say('POST', '/api/tasks', body, { authorization: `Bearer ${token}` });
  const { user, system } = process.cpuUsage(begun);
  t.match(said, { status: 400, body: /more than 4096 fields/ });
  t.ok((user + system) / 1000 < 300, `${Math.round((user + system) / 1000)} ms of processor time`);
});

void t.test(
  'an optional body may be left out by a client that names its type all the same; one that is required may not',
  async (t) => {
    const api = await openTestApi(t);
    await api.say('POST', '/api/auth/register', { username: 'ann', password: 'password123' });
    const { token } = (
      await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
    ).json() as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    await api.say(
      'POST',
      '/api/tasks',
      { name: 'a', executor: 'http', url: 'https://example.com/' },
      headers,
    );
    const nothing = async (url: string): Promise<object> =>
      await api.app.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        payload: '',
      });
    t.match(await nothing('/api/tasks/1/trigger'), { statusCode: 201 });
    t.match(await nothing('/api/tasks/1/backfill'), { statusCode: 400, body: /is not valid JSON/ });
    t.match(await nothing('/api/tasks'), { statusCode: 400, body: /is not valid JSON/ });
  },
);
