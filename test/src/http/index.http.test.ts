import t from 'tap';
import { connect } from 'node:net';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { aJob, openTestApi } from './support/test-api.js';

let checks: { name: string; ok: boolean; detail?: string }[] = [];
const { app, say } = await openTestApi(t, { readiness: () => checks });
const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));

/** Sends raw bytes and reads until the server closes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

void t.test('responds to malformed HTTP requests with a JSON error', async (t) => {
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /jobs HTTP/1.1\r\nBad Header: x\r\n\r\n',
    'GET /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: a\r\n\r\n',
  ]) {
    const answer = await raw(bytes);
    t.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(bytes));
    const [, body = ''] = answer.split('\r\n\r\n');
    t.same(Object.keys(JSON.parse(body) as object), ['error']);
  }
  const large = await raw(`GET /jobs HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
  t.match(large, /^HTTP\/1\.1 431 [^]*\{"error":"headers: larger than \d+ bytes"\}$/);
});

void t.test('refuses a chunked body that grows too large', async (t) => {
  const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`;
  const answer = await raw(
    `POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(6)}`,
  );
  t.match(answer, /^HTTP\/1\.1 400 [^]*\{"error":"body: larger than 524288 bytes"\}$/);
});

void t.test('responds to a client that sends 4 MB before it reads', async (t) => {
  for (const [head, problem] of [
    ['Content-Type: application/json', 'body: larger than 524288 bytes'],
    ['Content-Type: text/plain', 'body: Content-Type must be application/json'],
  ]) {
    const socket = connect(Number(url.port), url.hostname);
    socket.pause();
    const body = 'x'.repeat(4_000_000);
    // The client sends for a while and only then reads.
    for (const part of [
      `POST /jobs HTTP/1.1\r\nHost: localhost\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n`,
      body.slice(0, 2_000_000),
      body.slice(2_000_000),
    ]) {
      await new Promise<void>((resolve, reject) =>
        socket.write(part, (error) => (error ? reject(error) : resolve())),
      );
    }
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    t.match(text, /^HTTP\/1\.1 400 /);
    t.same(JSON.parse(text.split('\r\n\r\n')[1] ?? ''), { error: problem });
  }
});

void t.test('serves no file or other route for paths with dots, slashes and NUL', async (t) => {
  for (const path of [
    '/../etc/passwd',
    '/jobs/../../etc/passwd',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '/docs/static/../../package.json',
    '//jobs',
    '/jobs\\..\\x',
    '/jobs/%00',
  ]) {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    t.match(answer, /^HTTP\/1\.1 40[034] [^]*\{"error":"[^"]*"\}$/, path);
  }
});

void t.test('reports the readiness checks that fail', async (t) => {
  t.same((await say('GET', '/livez')).json(), { status: 'ok' });
  checks = [
    { name: 'store', ok: true },
    { name: 'projector', ok: true, detail: 'lag 3' },
  ];
  t.same((await say('GET', '/readyz')).json(), { status: 'ok' });
  t.same((await say('GET', '/readyz?verbose')).json(), { status: 'ok', checks });
  checks = [
    { name: 'store', ok: true },
    { name: 'projector', ok: false, detail: 'catching up' },
  ];
  const answer = await say('GET', '/readyz');
  t.equal(answer.status, 503);
  t.match(answer.headers, { 'retry-after': '1' });
  t.same(answer.json(), { error: 'not ready: projector' });
  t.match((await say('GET', '/readyz?verbose')).json(), { error: 'not ready: projector', checks });
  t.equal((await say('GET', '/livez')).status, 200, 'the server is still live');
});

void t.test('serves the OpenAPI documents as JSON and as web pages', async (t) => {
  for (const name of ['cluster', 'audit'])
    t.match((await say('GET', `/openapi/${name}.json`)).json(), {
      openapi: '3.1.0',
      info: { title: `Muster: ${name}` },
    });
  const docs = await say('GET', '/docs');
  t.match(docs.headers, { 'content-type': /text\/html/, 'content-security-policy': /default-src 'self'/ });
  t.notMatch(
    docs.headers['content-security-policy'],
    'upgrade-insecure-requests',
    'the pages are also served over plain HTTP',
  );
  t.match((await say('GET', '/docs/static/swagger-initializer.js')).body, '/openapi/cluster.json');
  t.same(Object.keys((await say('GET', '/docs/static/none.js')).json()), ['error']);
});

void t.test(
  'responds 503 with Retry-After to store failures, and 500 without details to unexpected errors',
  async (t) => {
    for (const [error, status, message] of [
      [new MusterError('MUSTER_E_STORE_BUSY', { queued: 9 }), 503, /^the event store has 9 appends waiting/],
      [new MusterError('MUSTER_E_STORE_FULL'), 503, /disk of the event store is full/],
      [new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'gone' }), 503, /cannot be reached/],
      [new MusterError('MUSTER_E_CONFLICT', { stream: 'job-a' }), 503, /job-a/],
      [new MusterError('MUSTER_E_APPEND_TOO_LARGE', { events: 1, bytes: 1 }), 400, /^body: larger than/],
      [new Error('secret at /root/x.ts:1'), 500, /^internal error; see the log for request \S+$/],
      ['thrown text', 500, /^internal error/],
    ] as const) {
      const failing = (): Promise<never> => Promise.reject(error as Error);
      const executor: CommandExecutor = { execute: failing, load: failing, repeated: failing };
      const api = await openTestApi(t, { executor });
      const answer = await api.say('POST', '/jobs', aJob());
      t.equal(answer.status, status, String(error));
      t.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
      t.same(Object.keys(answer.json()), ['error']);
      t.match(answer.json(), { error: message });
      t.notMatch(answer.body, /secret|\.ts|at /);
    }
  },
);

void t.test('sends an error code with every error', async (t) => {
  for (const [method, path, code] of [
    ['GET', '/jobs/none', 'MUSTER_E_JOB_NOT_FOUND'],
    ['GET', '/api/gpu-claims', 'MUSTER_E_UNAUTHORIZED'],
    ['GET', '/nowhere', 'MUSTER_E_ROUTE_NOT_FOUND'],
    ['POST', '/jobs', 'MUSTER_E_INVALID'],
    ['GET', '/jobs/%', 'MUSTER_E_ROUTE_NOT_FOUND'],
  ] as const) {
    t.equal((await say(method, path)).headers['x-muster-error'], code, `${method} ${path}`);
  }
});
