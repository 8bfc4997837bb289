import t, { type Test } from 'tap';
import pino from 'pino';
import { buildBareServer } from '#src/server/api/bare-server.js';
import { rawRequest } from '../../../fixtures/raw-request.js';
import { aJob, openTestApi, type TestApi } from './support/test-api.js';

const api = await openTestApi(t);
const port = Number(new URL(await api.app.listen({ host: '127.0.0.1', port: 0 })).port);
const EVIL = { host: 'evil.example' };

/** What every surface says where it refuses, and nothing else. */
function isRefused(t: Test, said: { status: number; body: string }, status: number, error: RegExp, what: string): void {
  t.equal(said.status, status, what);
  const body = JSON.parse(said.body) as Record<string, unknown>;
  t.same(Object.keys(body), ['error'], what);
  t.match(body, { error }, what);
}

void t.test('a request to a name that is not the server’s is 421 on every surface, and does nothing', async (t) => {
  const before = (await api.events()).length;
  for (const [method, url, body] of [['GET', '/jobs'], ['POST', '/jobs', aJob()], ['POST', '/register', {}], ['GET', '/audit/events'], ['GET', '/api/auth/me'], ['POST', '/api/auth/login', { username: 'admin', password: 'password123' }], ['GET', '/nowhere'], ['GET', '/livez'], ['GET', '/metrics'], ['GET', '/docs'], ['GET', '/openapi/cluster.json']] as const) {
    isRefused(t, await api.say(method, url, body, EVIL), 421, /^Host: evil\.example is not a name of this server$/, `${method} ${url}`);
  }
  t.equal((await api.events()).length, before);
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080']) t.equal((await api.say('GET', '/jobs', undefined, { host })).status, 200, host);
});

void t.test('a page of another origin changes nothing, with a body or without', async (t) => {
  t.equal((await api.say('POST', '/jobs', aJob({ job_id: 'j' }))).status, 200);
  const before = (await api.events()).length;
  const host = '127.0.0.1:8080';
  for (const from of [{ origin: 'http://evil.example' }, { origin: 'null' }, { origin: 'http://127.0.0.1:3000' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
    for (const [method, url, body] of [['POST', '/jobs', aJob()], ['POST', '/jobs/j/restart'], ['POST', '/jobs/j/delete'], ['DELETE', '/jobs/j'], ['PUT', '/jobs/j', aJob()], ['POST', '/api/auth/register', { username: 'eve', password: 'password123' }], ['POST', '/api/auth/logout'], ['POST', '/nowhere']] as const) {
      isRefused(t, await api.say(method, url, body, { host, ...from }), 403, /^not allowed: the request comes from a page of another origin$/, `${method} ${url} ${JSON.stringify(from)}`);
    }
    t.equal((await api.say('GET', '/jobs', undefined, { host, ...from })).status, 200, 'what changes nothing is answered');
  }
  t.equal((await api.events()).length, before);
  t.equal((await api.say('DELETE', '/jobs/j', undefined, { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status, 200, 'its own page');
});

void t.test('a host that is there twice or not at all, and what is not HTTP/1, is 400 in our shape', async (t) => {
  for (const bytes of [
    'GET /jobs HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    'GET /jobs HTTP/1.1\r\nHost: localhost\r\nhOST: localhost\r\nConnection: close\r\n\r\n',
    'GET /jobs HTTP/1.1\r\nConnection: close\r\n\r\n',
    'GET /jobs HTTP/1.0\r\n\r\n',
    'GET /jobs HTTP/0.9\r\nHost: localhost\r\n\r\n',
    'GET /jobs\r\n\r\n',
    'GET /jobs HTTP/2.0\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ]) {
    const answer = await rawRequest(port, bytes);
    t.match(answer, /^HTTP\/1\.1 400 [^]*\r\n\r\n\{"error":"(Host|request): [^"]+"\}$/, JSON.stringify(bytes));
  }
  t.match(await rawRequest(port, 'GET /jobs HTTP/1.0\r\nHost: localhost\r\n\r\n'), /^HTTP\/1\.1 200 /);
});

void t.test('the settings name further hosts; on a wildcard address every address is one', async (t) => {
  const settings = { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' };
  const allowed = await openTestApi(t, { settings: { ...settings, allowedHosts: ['muster.example'], agentUrl: 'http://nat.example:9000' } });
  const statuses = async (of: TestApi, ...hosts: string[]) => await Promise.all(hosts.map(async (host) => (await of.say('GET', '/livez', undefined, { host })).status));
  t.same(await statuses(allowed, 'muster.example', 'Muster.example:81', 'nat.example', 'evil.example', '10.0.0.5'), [200, 200, 200, 421, 421]);
  t.equal((await allowed.say('POST', '/jobs', aJob(), { origin: 'https://muster.example' })).status, 200, 'a proxy that hides the name');
  const wildcard = await openTestApi(t, { settings: { ...settings, host: '0.0.0.0', joinToken: 'a-join-token-of-some-length' } });
  t.same(await statuses(wildcard, '10.0.0.5:8080', '[fd00::1]', 'localhost', 'evil.example'), [200, 200, 200, 421]);
});

void t.test('a process without the API answers to its own names alone too', async (t) => {
  const app = buildBareServer({ readiness: () => [], logger: pino({ level: 'silent' }) });
  t.teardown(() => app.close());
  t.equal((await app.inject({ url: '/livez' })).statusCode, 200);
  const refused = await app.inject({ url: '/livez', headers: EVIL });
  t.equal(refused.statusCode, 421);
  t.same(refused.json(), { error: 'Host: evil.example is not a name of this server' });
});
