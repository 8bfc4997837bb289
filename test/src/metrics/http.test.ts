import t from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { Metrics } from '#src/metrics/index.js';
import { parsePrometheus } from '../../fixtures/prometheus-text.js';
import { aJob, openTestApi } from '../api/support/test-api.js';

const metrics = new Metrics(systemClock);
const { say } = await openTestApi(t, { metrics });

async function counted(): Promise<Map<string, number>> {
  const family = parsePrometheus((await say('GET', '/metrics')).body).get('muster_http_request_duration_seconds');
  const counts = family?.samples.filter(({ name }) => name.endsWith('_count')) ?? [];
  return new Map(counts.map(({ labels, value }) => [`${labels['method']} ${labels['route']} ${labels['status']}`, value]));
}

void t.test('requests are counted by route pattern, method and class of status', async (t) => {
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

void t.test('nothing that a user sends makes another line', async (t) => {
  await say('GET', '/jobs/first');
  await say('GET', '/first');
  const before = await counted();
  for (let index = 0; index < 50; index += 1) {
    await say('GET', `/jobs/other-${index}`);
    await say('GET', `/nowhere/${index}`);
    await say('GET', `/jobs?status=${index}`, undefined, { 'x-request-id': `r${index}`, host: `h${index}` });
    await say('PROPFIND', `/jobs/${index}`);
  }
  const after = await counted();
  t.ok(after.size - before.size <= 2, `${before.size} lines before, ${after.size} after`);
  t.ok((after.get('any none 4xx') ?? 0) >= 100, 'what no route answers is counted in one line');
});

void t.test('the answer is text that Prometheus takes', async (t) => {
  const answer = await say('GET', '/metrics');
  t.equal(answer.status, 200);
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4; charset=utf-8$/);
  t.equal((await say('POST', '/metrics', {})).status, 404);
});
