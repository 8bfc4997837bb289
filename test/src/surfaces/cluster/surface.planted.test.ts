import { heldOn } from '#projections/jobs/allocations.js';
import t, { type Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { NodeCommands } from '#src/fleet/nodes/node-commands.js';
import { PlantedReadModels } from '../../http/support/planted-read-models.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

const job = {
  jobId: 'a',
  first: 0,
  version: 0,
  specification: aJob(),
  former: [],
  evaluations: [],
  since: {},
  status: 'running',
  stopped: false,
  slots: {},
  blocked: null,
  evaluationId: 'e',
  finished: null,
  createdAt: 1,
  updatedAt: 1,
};
const node = {
  nodeId: 'n',
  epoch: 1,
  ipAddress: '::1',
  resources: {},
  attributes: {},
  endpoint: null,
  protocol: 'basic',
  healthy: true,
  down: false,
  draining: false,
  eligible: true,
  lastHeartbeat: 1,
  registeredAt: 1,
};
const allocation = {
  allocationId: 'al',
  jobId: 'a',
  jobVersion: 0,
  evaluationId: 'e',
  group: 'web',
  slot: 0,
  attempt: 0,
  nodeId: 'n',
  status: 'running',
  startTime: 1,
  endTime: null,
  message: null,
  tasks: {},
  resources: { cpu: 100 },
  stopRequested: null,
  released: null,
  jobDeleted: false,
  createdAt: 1,
  updatedAt: 1,
};

async function planted(t: Test) {
  const models = new PlantedReadModels();
  const api = await openTestApi(t, {
    readModels: models,
    nodeCommands: { telemetry: () => undefined } as unknown as NodeCommands,
  });
  return { ...api, models };
}

void t.test(
  'marks a response as stale if a document is parked or the requested position not reached',
  async (t) => {
    const { say, models } = await planted(t);
    models.plant('jobs', 'a', job).plant('nodes', 'n', node);
    t.notOk((await say('GET', '/jobs/a')).headers['x-muster-stale']);
    models.plant('allocations', 'al', allocation, { job: 'a', node: 'n', shown: heldOn('n') }, true);
    for (const url of ['/jobs/a', '/jobs', '/nodes'])
      t.equal((await say('GET', url)).headers['x-muster-stale'], 'true', url);
    models
      .plant('allocations', 'al', allocation, { job: 'a', node: 'n', shown: heldOn('n') }, false)
      .plant('jobs', 'a', job, {}, true);
    for (const url of ['/jobs/a', '/jobs'])
      t.equal((await say('GET', url)).headers['x-muster-stale'], 'true', url);

    models.plant('jobs', 'a', job).reach(10n);
    const get = (position: string) => say('GET', '/jobs/a', undefined, { 'x-muster-min-position': position });
    t.notOk((await get('10')).headers['x-muster-stale'], 'the requested position was reached');
    const late = await get('11');
    t.equal(late.status, 200);
    t.equal(late.headers['x-muster-stale'], 'true', 'the requested position was not reached in time');
    for (const bad of ['x', '-1', '1.5', '', '99999999999999999999999']) {
      const answer = await get(bad);
      t.equal(answer.status, 400, bad);
      t.match(answer.json(), { error: /^X-Muster-Min-Position: / });
    }

    models.failWith(new Error('no such table'));
    const broken = await say('GET', '/nodes');
    t.equal(broken.status, 500);
    t.same(broken.json(), { error: '获取节点信息失败' });
    t.match((await say('GET', '/jobs')).json(), { error: /^internal error; see the log for request / });
    models.failWith(
      new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model: 'nodes', problem: 'it is being built' }),
    );
    for (const url of ['/nodes', '/jobs', '/jobs/a', '/templates', '/evaluations/e']) {
      const outage = await say('GET', url);
      t.equal(outage.status, 503, url);
      t.match(outage.headers, { 'retry-after': /^\d+$/ });
      t.same(Object.keys(outage.json()), ['error']);
    }
  },
);

void t.test(
  'shows when a job in back-off will be retried, unless it was stopped or has finished',
  async (t) => {
    const { say, models } = await planted(t);
    const slot = { allocationId: 'al', status: 'failed', final: false };
    const slots = { web: [{ ...slot, retryAt: 9000 }, { ...slot, retryAt: 7500 }, slot, null] };
    models.plant('jobs', 'a', { ...job, slots });
    t.match((await say('GET', '/jobs/a')).json(), { retry_at: 7.5 });
    t.match((await say('GET', '/jobs')).json(), { jobs: [{ retry_at: 7.5 }] });
    for (const over of [
      { stopped: true },
      { finished: { version: 0, outcome: 'failed', at: 1 } },
      { slots: { web: [slot, null] } },
    ]) {
      models.plant('jobs', 'a', { ...job, slots, ...over });
      t.notOk('retry_at' in (await say('GET', '/jobs/a')).json());
    }
  },
);

void t.test('streams a long list page by page, and aborts it on failure', async (t) => {
  const { app, models } = await planted(t);
  const large = aJob({ constraints: { note: 'x'.repeat(1000) } });
  for (let index = 0; index < 20_000; index += 1)
    models.plant('jobs', `j${index}`, { ...job, jobId: `j${index}`, specification: large });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });

  const whole = (await (await fetch(`${address}/jobs`)).json()) as { jobs: unknown[]; count: number };
  t.equal(whole.count, 20_000);
  t.equal(whole.jobs.length, 20_000);

  models.pages = 0;
  const slow = await fetch(`${address}/jobs`);
  const reader = slow.body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  t.ok(models.pages < 10_000, `${models.pages} pages were read for a client that stopped reading`);
  await reader?.cancel();

  models.failWith(new Error('the disk is gone'), 100);
  const answer = await fetch(`${address}/jobs`);
  t.equal(answer.status, 200);
  await t.rejects(answer.text(), 'the response is aborted');
});
