import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import t from 'tap';
import { problemOfJson } from '#src/http/bodies.js';
import { takesLessThan } from '../../fixtures/processor-time.js';
import { openTestApi } from './support/test-api.js';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, 'x:{,}[']));

void t.test('refuses an object with more than 4096 fields before validation', (t) => {
  t.equal(problemOfJson(JSON.stringify(many(4096)), 8), undefined);
  for (const body of [many(4097), { a: many(4097) }, [{ a: [many(4097)] }]])
    t.equal(problemOfJson(JSON.stringify(body), 8), 'has an object with more than 4096 fields');
  t.equal(
    problemOfJson(JSON.stringify([many(3000), many(3000), { a: many(3000), b: many(3000) }]), 8),
    undefined,
    'fields are counted per object',
  );
  t.equal(problemOfJson(JSON.stringify(Array.from({ length: 50_000 }, () => ({ a: 1 }))), 8), undefined);
  t.equal(problemOfJson('"a\\":{"', 1), undefined);
  t.equal(problemOfJson('[[[', 2), 'is nested more than 2 levels deep');
  t.end();
});

void t.test('refuses a body of 30,000 headers quickly', async (t) => {
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
  const said = await takesLessThan(
    t,
    300,
    '30,000 headers',
    async () => await api.say('POST', '/api/tasks', body, { authorization: `Bearer ${token}` }),
  );
  t.match(said, { status: 400, body: /more than 4096 fields/ });
});

void t.test('accepts an empty body with a Content-Type only if the body is optional', async (t) => {
  const api = await openTestApi(t);
  await api.say('POST', '/api/auth/register', { username: 'ann', password: 'password123' });
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  await api.say('POST', '/api/tasks', { name: 'a', executor: 'http', url: 'https://example.com/' }, headers);
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
});

void t.test('parses the body only on routes that declare one', async (t) => {
  const api = await openTestApi(t);
  const send = async (url: string, type: string): Promise<object> =>
    await api.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload: '{"a":' });
  t.match(await send('/jobs', 'text/plain'), {
    statusCode: 400,
    body: /Content-Type must be application\/json/,
  });
  t.match(await send('/jobs', 'application/json'), { statusCode: 400, body: /is not valid JSON/ });
  for (const type of ['text/plain', 'application/json', 'not a type'])
    t.match(await send('/jobs/absent/delete', type), { statusCode: 404, body: /作业不存在/ }, type);
});

void t.test('keeps the connection open after a body that is refused, if all of it has arrived', async (t) => {
  const api = await openTestApi(t);
  const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  let connections = 0;
  api.app.server.on('connection', () => (connections += 1));
  const status = async (type: string, body: string): Promise<number | undefined> => {
    const headers = { 'content-type': type };
    const sent = request({ port, agent, method: 'POST', path: '/jobs', headers }).end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    await response.resume().toArray();
    return response.statusCode;
  };
  t.equal(await status('application/json', '{"job_id": '), 400);
  t.equal(await status('text/plain', 'job'), 400);
  t.equal(await status('application/json', '['.repeat(1000)), 400);
  t.equal(await status('application/json', `"${'x'.repeat(600 * 1024)}"`), 400);
  t.equal(await status('application/json', '{}'), 400);
  t.equal(connections, 1);
});
