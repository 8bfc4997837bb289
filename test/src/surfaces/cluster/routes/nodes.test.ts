import t from 'tap';
import { completed, place, placed, started } from '../../../../projections/events.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, events, happened } = await openTestApi(t);

const registration = (nodeId: string, over: object = {}) => ({
  node_id: nodeId,
  ip_address: '10.0.0.5',
  resources: { cpu: 4000, memory: 8192, gpus: 2 },
  healthy: true,
  endpoint: 'http://10.0.0.5:9000',
  ...over,
});
const heartbeat = (nodeId: string, over: object = {}) => ({
  node_id: nodeId,
  resources: { cpu: 4000, memory: 8192, cpu_used: 5, memory_used: 6 },
  healthy: true,
  timestamp: 1763625600.25,
  ...over,
});
const nodes = async (query = '') =>
  ((await say('GET', `/nodes${query}`)).json() as { nodes: Record<string, unknown>[] }).nodes;
const node = async (id: string) => (await nodes()).find((each) => each['node_id'] === id);

void t.test('lists a node as it registered', async (t) => {
  const done = await say(
    'POST',
    '/register',
    registration('n1', { attributes: { disk: 'ssd' }, drivers: ['exec'], unknown: 'is dropped' }),
  );
  t.equal(done.status, 200);
  t.same(done.json(), { message: 'Node registered successfully' });
  t.match(done.headers, {
    'x-muster-epoch': '1',
    'x-muster-desired-digest': /\S/,
    'x-muster-position': /^\d+$/,
  });
  t.match(await node('n1'), {
    node_id: 'n1',
    ip_address: '10.0.0.5',
    resources: { cpu: 4000, memory: 8192, gpus: 2 },
    attributes: { disk: 'ssd' },
    drivers: ['exec'],
    healthy: true,
    down: false,
    draining: false,
    eligible: true,
    last_heartbeat: Number,
    allocations: [],
  });
  t.match(
    (await say('POST', '/register', registration('n1'))).headers,
    { 'x-muster-epoch': '2' },
    'a repeated registration starts a new epoch',
  );
});

void t.test('updates last_heartbeat with a heartbeat', async (t) => {
  await say('POST', '/register', registration('n2'));
  const before = (await node('n2'))?.['last_heartbeat'] as number;
  const done = await say('POST', '/heartbeat', heartbeat('n2'));
  t.equal(done.status, 200);
  t.same(done.json(), { message: 'Heartbeat received' });
  t.match(done.headers, { 'x-muster-epoch': '1' });
  t.ok(((await node('n2'))?.['last_heartbeat'] as number) >= before);
  await say('POST', '/heartbeat', heartbeat('n2', { healthy: false }));
  await say('POST', '/nodes/n2/drain', { enable: true });
  t.match(await node('n2'), { healthy: false });
});

void t.test('refuses heartbeats of unknown nodes with 400 and of older epochs with 409', async (t) => {
  const unknown = await say('POST', '/heartbeat', heartbeat('nobody'));
  t.equal(unknown.status, 400);
  t.match(unknown.json(), { error: /^node_id: / });
  await say('POST', '/register', registration('n3'));
  await say('POST', '/register', registration('n3'));
  const old = await say('POST', '/heartbeat', heartbeat('n3'), { 'x-muster-epoch': '1' });
  t.equal(old.status, 409);
  t.same(Object.keys(old.json()), ['error']);
  t.equal((await say('POST', '/heartbeat', heartbeat('n3'), { 'x-muster-epoch': '2' })).status, 200);
});

void t.test('shows the allocations of a node', async (t) => {
  await say('POST', '/register', registration('n4'));
  await say('POST', '/jobs', aJob({ job_id: 'on-n4' }));
  const at = place('n4-1', 'on-n4', 0, 'web', 'n4');
  await happened(placed(at), started(at), completed(at));
  t.same((await node('n4'))?.['allocations'], [
    {
      allocation_id: 'n4-1',
      job_id: 'on-n4',
      task_group: 'web',
      status: 'complete',
      start_time: 1,
      end_time: 2,
    },
  ]);
});

void t.test("returns desired allocations to Muster's agents", async (t) => {
  await say('POST', '/register', registration('n5'), { 'x-muster-agent': '1' });
  await say('POST', '/jobs', aJob({ job_id: 'on-n5' }));
  const at = place('6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11', 'on-n5', 0, 'web', 'n5');
  await happened(placed(at));
  const beat = await say('POST', '/heartbeat', heartbeat('n5'), {
    'x-muster-agent': '1',
    'x-muster-epoch': '1',
  });
  const desired = await say('GET', '/nodes/n5/desired', undefined, {
    'x-muster-agent': '1',
    'x-muster-epoch': '1',
  });
  t.equal(desired.status, 200);
  t.match(desired.json(), {
    node_id: 'n5',
    epoch: 1,
    digest: beat.headers['x-muster-desired-digest'],
    allocations: [{ allocation_id: at.allocationId, job_id: 'on-n5' }],
  });
  t.equal((await say('GET', '/nodes/n5/desired', undefined, { 'x-muster-epoch': '7' })).status, 409);
  t.equal((await say('GET', '/nodes/none/desired')).status, 404);
});

void t.test('sets drain and eligibility of a node', async (t) => {
  await say('POST', '/register', registration('n6'));
  t.same((await say('POST', '/nodes/n6/drain', { enable: true })).json(), { message: 'Node n6 is draining' });
  t.match(await node('n6'), { draining: true });
  t.same((await say('POST', '/nodes/n6/drain', { enable: false })).json(), {
    message: 'Node n6 is not draining',
  });
  t.match(await node('n6'), { draining: false });
  t.same((await say('POST', '/nodes/n6/eligibility', { eligible: false })).json(), {
    message: 'Node n6 is not eligible',
  });
  t.match(await node('n6'), { eligible: false });
  t.same((await say('POST', '/nodes/n6/eligibility', { eligible: true })).json(), {
    message: 'Node n6 is eligible',
  });
  for (const route of ['drain', 'eligibility']) {
    t.equal(
      (await say('POST', `/nodes/none/${route}`, route === 'drain' ? { enable: true } : { eligible: true }))
        .status,
      404,
      route,
    );
    t.match((await say('POST', `/nodes/n6/${route}`, {})).json(), { error: /^(enable|eligible): / });
    t.equal((await say('POST', `/nodes/n6/${route}`, { enable: 'yes', eligible: 1 })).status, 400);
  }
});

void t.test('refuses to declare down a node that registered recently', async (t) => {
  await say('POST', '/register', registration('n8'));
  const before = (await events()).length;
  const heard = await say('POST', '/nodes/n8/down', { reason: 'no power' });
  t.equal(heard.status, 409);
  t.match(heard.json(), {
    error:
      /^node n8 was last heard from \d+ s ago: drain it instead; a node can be declared down only after 30 s without a sign of life$/,
  });
  t.equal((await say('POST', '/nodes/none/down', { reason: 'no power' })).status, 404);
  for (const body of [
    {},
    { reason: '' },
    { reason: 7 },
    { reason: 'x'.repeat(501) },
    { reason: 'no power', epoch: 1 },
  ])
    t.equal((await say('POST', '/nodes/n8/down', body)).status, 400, JSON.stringify(body));
  t.equal((await events()).length, before);
});

void t.test('removes a node that is down, with its settings, and keeps its history', async (t) => {
  await say('POST', '/register', registration('n9'));
  await say('POST', '/nodes/n9/eligibility', { eligible: false });
  const remove = async (query = '') => await say('DELETE', `/nodes/n9${query}`);
  t.match(await remove(), { status: 409, body: /node n9 is up, so it would register again/ });
  await happened(
    { type: 'NodeWentDown', data: { nodeId: 'n9', epoch: 1, reason: 'no power' } },
    placed(place('n9-1', 'hello', 0, 'web', 'n9')),
  );
  t.match(await remove(), { status: 409, body: /node n9 has allocations that have not ended: 1/ });
  t.equal((await remove('?force=yes')).status, 400);
  t.match((await remove('?force=true')).json(), { message: 'Node n9 was removed' });
  t.equal(await node('n9'), undefined);
  t.match((await events()).at(-1), { type: 'NodeRemoved' });
  t.equal((await remove()).status, 404);
  t.equal((await say('POST', '/heartbeat', heartbeat('n9'))).status, 400, 'its agent has to register again');
  t.match((await say('POST', '/register', registration('n9'))).headers, { 'x-muster-epoch': '2' });
  t.match(await node('n9'), { down: false, eligible: true });
});

void t.test('refuses a registration with an invalid or forbidden endpoint', async (t) => {
  const before = (await events()).length;
  for (const endpoint of [
    'ftp://10.0.0.5',
    'http://user:pass@10.0.0.5',
    'http://10.0.0.5/path',
    'http://169.254.169.254',
    'http://[fe80::1]:80',
    'nonsense',
    'http://metadata.google.internal',
  ]) {
    const answer = await say('POST', '/register', registration('bad', { endpoint }));
    t.equal(answer.status, 400, endpoint);
    t.match(answer.json(), { error: /^endpoint: / });
  }
  t.equal((await events()).length, before);
  t.equal(
    (await say('POST', '/register', registration('no-endpoint', { endpoint: null }))).status,
    200,
    'the endpoint is optional',
  );
});

void t.test('filters and pages lists by status, limit and after', async (t) => {
  for (const id of ['p1', 'p2', 'p3']) await say('POST', '/register', registration(id));
  await happened({ type: 'NodeWentDown', data: { nodeId: 'p2', epoch: 1, reason: 'silent' } });
  t.match(
    (await nodes('?status=down')).map((each) => each['node_id']),
    ['p2'],
  );
  t.match(await node('p2'), { healthy: false, down: true });
  t.same(
    (await nodes('?after=p1')).map((each) => each['node_id']),
    ['p2', 'p3'],
  );
  t.same(
    (await nodes('?after=p1&limit=1')).map((each) => each['node_id']),
    ['p2'],
  );
});

void t.test('refuses a node that claims more than a machine can have', async (t) => {
  const claims = { cpu: 10_000_000, memory: 100_000_000, slots: 100_000, gpus: 1024, disk: 2 ** 53 - 1 };
  for (const [name, most] of Object.entries(claims)) {
    const claiming = async (amount: number) =>
      await say(
        'POST',
        '/register',
        registration('claims', { resources: { cpu: 1, memory: 1, [name]: amount } }),
      );
    const refused = await claiming(most * 2);
    t.equal(refused.status, 400, name);
    t.match(refused.body, new RegExp(`resources[./]${name}.*must be at most ${most}`));
    t.equal((await claiming(most)).status, 200, name);
  }
});
