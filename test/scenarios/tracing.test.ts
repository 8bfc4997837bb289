import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { group } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';
import type { WrittenSpan } from '../fixtures/span-file.js';

t.setTimeout(600_000);

/** File with the spans of a server that is started with a tracer as documented. */
const file = join(ownFolder(t), 'spans.ndjson');
const provider = pathToFileURL(join(import.meta.dirname, '../fixtures/span-file.js')).href;
const server = await startServer(t, {
  env: { NODE_OPTIONS: `--import=${provider}`, MUSTER_TEST_SPANS: file },
});
const { api } = server;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

function spans(): WrittenSpan[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WrittenSpan);
}

await t.test(
  'a request and its effects form one trace, which continues the caller’s traceparent',
  async (t) => {
    const headers = { traceparent: `00-${TRACE}-${CALLER}-01`, 'x-request-id': 'request-of-the-test' };
    t.equal((await api.post('/jobs', { job_id: 'traced', task_groups: [group()] }, { headers })).status, 200);
    const ours = await eventually(() => {
      const found = spans().filter(({ traceId }) => traceId === TRACE);
      return found.length >= 4 ? found : undefined;
    });
    const byName = new Map(ours.map((span) => [span.name, span]));
    t.same([...byName.keys()].sort(), ['POST /jobs', 'append job', 'command job', 'decide job']);
    t.equal(byName.get('POST /jobs')?.parentId, CALLER);
    t.equal(
      byName.get('command job')?.parentId,
      byName.get('POST /jobs')?.spanId,
      'the trace continues after the body was read',
    );
    for (const name of ['decide job', 'append job'])
      t.equal(byName.get(name)?.parentId, byName.get('command job')?.spanId, name);
    t.match(byName.get('POST /jobs')?.attributes, {
      'muster.correlation_id': 'request-of-the-test',
      'http.response.status_code': 200,
    });
    t.match(byName.get('command job')?.attributes, {
      'muster.correlation_id': 'request-of-the-test',
      'muster.stream': 'job-traced',
      'muster.events': 1,
    });
    t.match(byName.get('append job')?.attributes, {
      'muster.expected_revision': 'no_stream',
      'muster.revision': 0,
    });
  },
);

await t.test('the span of a refused command has the error code and is not marked as an error', async (t) => {
  t.equal((await api.post('/jobs/nowhere/restart', {})).status, 404);
  const refused = await eventually(() =>
    spans().find(
      ({ name, attributes }) => name === 'command job' && attributes['muster.stream'] === 'job-nowhere',
    ),
  );
  t.equal(refused.attributes['error.type'], 'MUSTER_E_JOB_NOT_FOUND');
  t.equal(refused.status, undefined);
});

await t.test(
  'projector, scheduler and dispatcher record spans in their own threads, linked by the correlation id',
  async (t) => {
    await startBasicAgent(t, { serverUrl: server.url, nodeId: 'n1' });
    const find = (name: string, holds: (span: WrittenSpan) => boolean = () => true): Promise<WrittenSpan> =>
      eventually(() => spans().find((span) => span.name === name && holds(span)), { what: `a span ${name}` });
    const batch = await find('projection batch', ({ attributes }) =>
      [attributes['muster.correlation_id']].flat().includes('request-of-the-test'),
    );
    const plan = await find('append scheduler');
    const placed = await find('agent place');
    t.not(batch.thread, 0, 'the projector traces in a thread of its own');
    t.not(plan.thread, 0, 'the scheduler traces in a thread of its own');
    t.ok(
      (await find('plan', ({ spanId }) => spanId === plan.parentId)).thread === plan.thread,
      'the append of a plan is a span inside the plan',
    );
    t.match(placed.attributes, { 'muster.node_id': 'n1', 'muster.outcome': 'accepted' });
  },
);
