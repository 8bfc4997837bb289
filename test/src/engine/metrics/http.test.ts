import { pino } from 'pino';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { buildBareServer } from '#src/process/http/bare-server.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { parsePrometheus } from '../../../fixtures/prometheus-text.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

const metrics = new Metrics(systemClock);
const { say } = await openTestApi(t, { metrics });

async function counted(): Promise<Map<string, number>> {
  const family = parsePrometheus((await say('GET', '/metrics')).body).get(
    'muster_http_request_duration_seconds',
  );
  const counts = family?.samples.filter(({ name }) => name.endsWith('_count')) ?? [];
  return new Map(
    counts.map(({ labels, value }) => [`${labels['method']} ${labels['route']} ${labels['status']}`, value]),
  );
}

void t.test('counts requests by route pattern, method and status class', async (t) => {
  t.equal((await say('POST', '/jobs', aJob({ job_id: 'one' }))).status, 200);
  t.equal((await say('POST', '/jobs', aJob({ job_id: 'two' }))).status, 200);
  t.equal((await say('POST', '/jobs', {})).status, 400);
  t.equal((await say('GET', '/jobs/one')).status, 200);
  t.equal((await say('GET', '/jobs/none')).status, 404);
  const counts = await counted();
  t.equal(counts.get('POST /jobs 2xx'), 2);
  t.equal(counts.get('POST /jobs 4xx'), 1);
  t.equal(counts.get('GET /jobs/:job_id 2xx'), 1);
  t.equal(counts.get('GET /jobs/:job_id 4xx'), 1);
});

void t.test('creates no series from user input', async (t) => {
  await say('GET', '/jobs/first');
  await say('GET', '/first');
  const before = await counted();
  for (let index = 0; index < 50; index += 1) {
    await say('GET', `/jobs/other-${index}`);
    await say('GET', `/nowhere/${index}`);
    await say('GET', `/jobs?status=${index}`, undefined, {
      'x-request-id': `r${index}`,
      host: `127.0.0.${index}`,
    });
    await say('PROPFIND', `/jobs/${index}`);
  }
  const after = await counted();
  t.ok(after.size - before.size <= 2, `${before.size} series before, ${after.size} after`);
  t.ok((after.get('any none 4xx') ?? 0) >= 100, 'requests without a route are counted in one series');
});

void t.test('responds with text that Prometheus accepts', async (t) => {
  const answer = await say('GET', '/metrics');
  t.equal(answer.status, 200);
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8$/);
  t.equal((await say('POST', '/metrics', {})).status, 404);
});

void t.test('serves metrics and readiness to other machines without a login, but nothing else', async (t) => {
  const reachable = await openTestApi(t, {
    metrics: new Metrics(systemClock),
    settings: { host: '0.0.0.0', testApiKey: undefined, joinToken: 'a-join-token-of-some-length' },
  });
  t.equal((await reachable.say('GET', '/metrics')).status, 200);
  t.equal((await reachable.say('GET', '/readyz')).status, 200);
  t.equal((await reachable.say('GET', '/jobs')).status, 401);
});

void t.test('reports metrics without the role api', async (t) => {
  const bare = new Metrics(systemClock);
  bare.gauge('muster_there', 'There.', () => [{ value: 1 }]);
  const app = buildBareServer({ metrics: bare, readiness: () => [], logger: pino({ level: 'silent' }) });
  t.match((await app.inject({ method: 'GET', url: '/metrics' })).body, /^muster_there 1$/m);
  t.match(
    (await app.inject({ method: 'GET', url: '/metrics' })).body,
    /muster_http_request_duration_seconds_count\{route="\/metrics",method="GET",status="2xx"\} 1/,
  );
  await app.close();
});
