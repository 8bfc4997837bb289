import t from 'tap';
import pino from 'pino';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { buildBareServer } from '#src/process/http/bare-server.js';
import { openTestApi } from '../../http/support/test-api.js';

const { app, say } = await openTestApi(t, { metrics: new Metrics(systemClock) });
const url = await app.listen({ port: 0, host: '127.0.0.1' });

interface Overview {
  readonly documents: readonly { readonly name: string; readonly title: string; readonly url: string }[];
}

void t.test('lists the documents that the server serves, all of which exist', async (t) => {
  const said = await say('GET', '/');
  t.equal(said.status, 200);
  const { documents, ...rest } = said.json() as Overview;
  t.same(rest, { name: 'muster', docs: '/docs', health: ['/livez', '/readyz'], metrics: '/metrics' });
  t.same(
    documents.map(({ name }) => name),
    ['cluster', 'audit', 'console', 'gpu', 'tasks', 'conda', 'services', 'agent', 'asyncapi'],
  );
  for (const { name, title, url: path } of documents) {
    t.match((await say('GET', path)).json(), { info: { title } }, name);
  }
  t.match((await say('GET', '/docs/agent.json')).json(), { openapi: '3.1.0' });
  t.match((await say('GET', '/docs/asyncapi.json')).json(), { asyncapi: '3.0.0' });
  t.match(
    (await say('GET', '/docs/static/swagger-initializer.js')).body,
    /\/openapi\/agent\.json/,
    'the docs page offers the agent API in addition to the surfaces',
  );
});

void t.test('responds to HEAD with the headers of GET, without a body', async (t) => {
  const timely = new Set(['date', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding']);
  const head = (answer: Response): unknown => {
    const headers: Record<string, string> = {};
    answer.headers.forEach((value, name) => {
      if (!timely.has(name)) headers[name] = value;
    });
    return [answer.status, headers];
  };
  for (const path of [
    '/',
    '/livez',
    '/readyz',
    '/jobs',
    '/nodes',
    '/jobs/none',
    '/jobs?limit=x',
    '/templates',
    '/openapi/cluster.json',
    '/openapi/asyncapi.json',
    '/docs/static/index.html',
    '/audit/events?limit=1',
    '/api/auth/me',
    '/nowhere',
  ]) {
    const [got, asked] = [await fetch(url + path), await fetch(url + path, { method: 'HEAD' })];
    await got.text();
    // The message of a missing route names the method, so it is longer by a letter.
    if (path !== '/nowhere') t.same(head(asked), head(got), path);
    else t.equal(asked.status, 404);
    t.equal(await asked.text(), '', path);
  }
  const answer = await fetch(`${url}/audit/events?follow=true`, { method: 'HEAD' });
  t.match(
    [answer.status, answer.headers.get('content-type'), await answer.text()],
    [200, 'application/x-ndjson; charset=utf-8', ''],
    'a HEAD request for an endless stream ends at once',
  );
});

void t.test('describes a server without the role api, and explains its errors', async (t) => {
  const bare = buildBareServer({ readiness: () => [], logger: pino({ level: 'silent' }) });
  t.same((await bare.inject('/')).json(), { name: 'muster', health: ['/livez', '/readyz'] });
  t.equal((await bare.inject({ method: 'HEAD', url: '/readyz' })).statusCode, 200);
  const absent = await bare.inject('/jobs');
  t.match(
    [absent.statusCode, absent.headers['x-muster-error'], absent.json()],
    [404, 'MUSTER_E_ROUTE_NOT_FOUND', { error: 'this server does not have the role api' }],
  );
  const foreign = await bare.inject({ url: '/livez', headers: { host: 'evil.example' } });
  t.match([foreign.statusCode, foreign.headers['x-muster-error']], [421, 'MUSTER_E_HOST_UNKNOWN']);
  await bare.close();
});
