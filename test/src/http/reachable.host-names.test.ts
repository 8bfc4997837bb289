import t, { type Test } from 'tap';
import pino from 'pino';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { buildBareServer } from '#src/process/http/bare-server.js';
import { rawRequest } from '../../fixtures/raw-request.js';
import { aJob, openTestApi, type TestApi } from './support/test-api.js';

const api = await openTestApi(t);
const port = Number(new URL(await api.app.listen({ host: '127.0.0.1', port: 0 })).port);
const EVIL = { host: 'evil.example' };

function isRefused(
  t: Test,
  said: { status: number; body: string },
  status: number,
  error: RegExp,
  what: string,
): void {
  t.equal(said.status, status, what);
  const body = JSON.parse(said.body) as Record<string, unknown>;
  t.same(Object.keys(body), ['error'], what);
  t.match(body, { error }, what);
}

void t.test('responds 421 to an unknown host name on every surface', async (t) => {
  const before = (await api.events()).length;
  for (const [method, url, body] of [
    ['GET', '/jobs'],
    ['POST', '/jobs', aJob()],
    ['POST', '/register', {}],
    ['GET', '/audit/events'],
    ['GET', '/api/auth/me'],
    ['POST', '/api/auth/login', { username: 'admin', password: 'password123' }],
    ['GET', '/nowhere'],
    ['GET', '/livez'],
    ['GET', '/metrics'],
    ['GET', '/docs'],
    ['GET', '/openapi/cluster.json'],
  ] as const) {
    isRefused(
      t,
      await api.say(method, url, body, EVIL),
      421,
      /^Host: evil\.example is not a name of this server$/,
      `${method} ${url}`,
    );
  }
  t.equal((await api.events()).length, before);
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080'])
    t.equal((await api.say('GET', '/jobs', undefined, { host })).status, 200, host);
});

void t.test('refuses changes from pages of other origins', async (t) => {
  t.equal((await api.say('POST', '/jobs', aJob({ job_id: 'j' }))).status, 200);
  const before = (await api.events()).length;
  const host = '127.0.0.1:8080';
  for (const from of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    for (const [method, url, body] of [
      ['POST', '/jobs', aJob()],
      ['POST', '/jobs/j/restart'],
      ['POST', '/jobs/j/delete'],
      ['DELETE', '/jobs/j'],
      ['PUT', '/jobs/j', aJob()],
      ['POST', '/api/auth/register', { username: 'eve', password: 'password123' }],
      ['POST', '/api/auth/logout'],
      ['POST', '/nowhere'],
    ] as const) {
      isRefused(
        t,
        await api.say(method, url, body, { host, ...from }),
        403,
        /^not allowed: the request comes from a page with a different origin$/,
        `${method} ${url} ${JSON.stringify(from)}`,
      );
    }
    const embedded = 'sec-fetch-site' in from;
    for (const url of ['/jobs', '/jobs/j', '/jobs/none', '/audit/events?follow=true'])
      if (embedded)
        isRefused(
          t,
          await api.say('GET', url, undefined, { host, ...from, 'sec-fetch-dest': 'image' }),
          401,
          /./,
          `a foreign page learns nothing from ${url}`,
        );
    t.match((await api.say('GET', '/console/api/me', undefined, { host, ...from })).json() as object, {
      operator: !embedded,
    });
    t.equal(
      (await api.say('GET', '/jobs', undefined, { host, ...from, 'sec-fetch-dest': 'document' })).status,
      200,
      'a link is allowed',
    );
  }
  t.equal((await api.events()).length, before);
  t.equal(
    (
      await api.say('DELETE', '/jobs/j', undefined, {
        host,
        origin: `http://${host}`,
        'sec-fetch-site': 'same-origin',
      })
    ).status,
    200,
    'a page of the same origin is allowed',
  );
});

void t.test('responds 400 to a missing or duplicate Host header, and to other HTTP versions', async (t) => {
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
    t.match(
      answer,
      /^HTTP\/1\.1 400 [^]*\r\n\r\n\{"error":"(Host|request): [^"]+"\}$/,
      JSON.stringify(bytes),
    );
  }
  t.match(await rawRequest(port, 'GET /jobs HTTP/1.0\r\nHost: localhost\r\n\r\n'), /^HTTP\/1\.1 200 /);
});

void t.test('responds 421 to an unknown host name in the request target', async (t) => {
  t.match(
    await rawRequest(
      port,
      'GET http://evil.example/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ),
    /^HTTP\/1\.1 421 /,
  );
  t.match(
    await rawRequest(
      port,
      'GET http://localhost/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    ),
    /^HTTP\/1\.1 200 /,
  );
});

void t.test('responds 404 to an unknown method with a JSON error', async (t) => {
  for (const method of ['QUERY', 'PROPFIND', 'TRACE']) {
    for (const path of ['/jobs', '/api/auth/login', '/audit/events', '/nowhere']) {
      for (const body of [
        '\r\n',
        'Content-Length: 1\r\n\r\n{',
        'Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
      ]) {
        t.match(
          await rawRequest(
            port,
            `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${body}`,
          ),
          new RegExp(`^HTTP/1\\.1 404 [^]*\\{"error":"no such resource: ${method} ${path}"\\}$`),
          `${method} ${path} ${JSON.stringify(body)}`,
        );
      }
    }
  }
});

void t.test('refuses a NUL character in every name', async (t) => {
  const account = { username: 'nul', password: 'password123' };
  await api.say('POST', '/api/auth/register', account);
  const { token } = (await api.say('POST', '/api/auth/login', account)).json() as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const before = (await api.events()).length;
  const node = {
    node_id: 'n',
    ip_address: '10.0.0.1',
    resources: {},
    healthy: true,
    endpoint: 'http://10.0.0.1:1',
  };
  for (const [url, body] of [
    ['/api/auth/api-keys', { name: 'a\0b', scopes: ['gpu'] }],
    ['/templates', { name: 'a\0b' }],
    ['/jobs', aJob({ constraints: { 'a\0b': 'x' } })],
    ['/jobs', aJob({ job_id: 'a\0b' })],
    ['/register', { ...node, drivers: ['a\0b'] }],
    ['/register', { ...node, attributes: { 'a\0b': 'x' } }],
    ['/register', { ...node, ip_address: '10.0.0.1\0' }],
    ['/api/auth/register', { username: 'a\0b', password: 'password123' }],
    ['/api/nodes/register', { hostname: 'a\0b' }],
  ] as const) {
    // Cluster routes accept no account's token, so there the operator's connection calls.
    t.equal(
      (await api.say('POST', url, body, url.startsWith('/api/') ? headers : {})).status,
      400,
      `${url} ${JSON.stringify(body)}`,
    );
  }
  t.equal((await api.events()).length, before);
});

void t.test('accepts configured host names, and any IP address if it listens on a wildcard', async (t) => {
  const settings = { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' };
  const allowed = await openTestApi(t, {
    settings: { ...settings, allowedHosts: ['muster.example'], agentUrl: 'http://nat.example:9000' },
  });
  const statuses = async (of: TestApi, ...hosts: string[]) =>
    await Promise.all(hosts.map(async (host) => (await of.say('GET', '/livez', undefined, { host })).status));
  t.same(
    await statuses(allowed, 'muster.example', 'Muster.example:81', 'nat.example', 'evil.example', '10.0.0.5'),
    [200, 200, 200, 421, 421],
  );
  t.equal(
    (await allowed.say('POST', '/jobs', aJob(), { origin: 'https://muster.example' })).status,
    200,
    'an allowed origin is accepted behind a proxy that replaces the host name',
  );
  const wildcard = await openTestApi(t, {
    settings: { ...settings, host: '0.0.0.0', joinToken: 'a-join-token-of-some-length' },
  });
  t.same(
    await statuses(wildcard, '10.0.0.5:8080', '[fd00::1]', 'localhost', 'evil.example'),
    [200, 200, 200, 421],
  );
});

void t.test('shows nodes and jobs in readiness checks only to operators', async (t) => {
  const readiness = () => [{ name: 'nodes', ok: true, detail: 'node-of-somebody is silent' }];
  const reachable = await openTestApi(t, {
    readiness,
    settings: { testApiKey: undefined, joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
  });
  t.same((await reachable.say('GET', '/readyz?verbose')).json(), {
    status: 'ok',
    checks: [{ name: 'nodes', ok: true }],
  });
  await firstAdministrator(
    reachable.identity,
    { username: 'root', password: 'password123' },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  const { token } = (
    await reachable.say('POST', '/api/auth/login', { username: 'root', password: 'password123' })
  ).json() as { token: string };
  t.same(
    (await reachable.say('GET', '/readyz?verbose', undefined, { authorization: `Bearer ${token}` })).json(),
    { status: 'ok', checks: readiness() },
  );
  const local = await openTestApi(t, { readiness });
  t.same((await local.say('GET', '/readyz?verbose')).json(), { status: 'ok', checks: readiness() });
});

void t.test('checks host names on the bare server as well', async (t) => {
  const app = buildBareServer({ readiness: () => [], logger: pino({ level: 'silent' }) });
  t.teardown(() => app.close());
  t.equal((await app.inject({ url: '/livez' })).statusCode, 200);
  const refused = await app.inject({ url: '/livez', headers: EVIL });
  t.equal(refused.statusCode, 421);
  t.same(refused.json(), { error: 'Host: evil.example is not a name of this server' });
});
