import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastify from 'fastify';
import t from 'tap';
import { brotliCompressSync } from 'node:zlib';
import { files } from '#src/surfaces/console/routes/files.js';
import { SCHEMAS, type Scope } from '#src/http/validation.js';
import { openTestApi } from '../../../http/support/test-api.js';

const { say } = await openTestApi(t);
const folder = t.testdir({ console: {} });

const app = fastify({ schemaController: SCHEMAS, exposeHeadRoutes: true });
await app.register(async (scope) => files(scope as unknown as Scope, join(folder, 'console')));

void t.test('serves instructions if the console is not built', async (t) => {
  const { statusCode, body, headers } = await app.inject('/console');
  t.equal(statusCode, 200);
  t.match(body, /The console is not built/);
  t.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
});

void t.test('serves one page with no-store for all paths, and assets as immutable', async (t) => {
  await mkdir(join(folder, 'console/assets'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const script = 'console.log(1)';
  await writeFile(join(folder, 'console/assets/main-AB.js'), script);
  await writeFile(join(folder, 'console/assets/main-AB.js.br'), brotliCompressSync(script));
  await writeFile(join(folder, 'console/index.html'), '<!doctype html>page');
  for (const path of ['/console', '/console/', '/console/jobs/hello', '/console/nodes?at=42']) {
    const { body, headers } = await app.inject(path);
    t.equal(body, '<!doctype html>page', path);
    t.match(headers, {
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }
  const plain = await app.inject('/console/assets/main-AB.js');
  t.equal(plain.body, script);
  t.match(plain.headers, {
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'accept-encoding',
  });
  t.notOk(plain.headers['content-encoding']);
  const small = await app.inject({
    url: '/console/assets/main-AB.js',
    headers: { 'accept-encoding': 'gzip, br' },
  });
  t.equal(small.headers['content-encoding'], 'br');
  t.same(small.rawPayload, brotliCompressSync(script));
  const refused = await app.inject({
    url: '/console/assets/main-AB.js',
    headers: { 'accept-encoding': 'br;q=0' },
  });
  t.equal(refused.body, script);
  for (const name of ['..%2f..%2fsecret.txt', '%2e%2e/secret.txt', 'none.js', '..%2findex.html', '', 'a/b'])
    t.notMatch((await app.inject(`/console/assets/${name}`)).body, /^secret/, name);
  await writeFile(join(folder, 'console/index.html'), '<!doctype html>newer page');
  t.equal((await app.inject('/console')).body, '<!doctype html>newer page');
  await rm(join(folder, 'console'), { recursive: true });
  t.match((await app.inject('/console')).body, /not built/);
});

void t.test('responds with a JSON error to unknown API paths', async (t) => {
  const { status, body } = await say('GET', '/console/api/nothing');
  t.equal(status, 404);
  t.same(Object.keys(JSON.parse(body) as object), ['error']);
  t.equal((await say('GET', '/console/api')).status, 404);
  t.equal((await say('POST', '/console')).status, 404);
});
