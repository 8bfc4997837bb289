import t, { type Test } from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import type { EnrolmentLimits } from '#src/fleet/node-access/index.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { verify } from '#src/engine/read-models/index.js';
import { FOLDS } from '#src/process/index.js';
import { openTestApi } from '../../http/support/test-api.js';

const PASSWORD = 'password123';
const ids = { uuid: () => globalThis.crypto.randomUUID() };

async function scene(t: Test, limits: Partial<EnrolmentLimits> = {}) {
  const api = await openTestApi(t, {}, () => undefined, limits);
  await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, ids);
  await api.say('POST', '/api/auth/register', { username: 'ann', password: PASSWORD });
  const bearer = async (username: string) => ({
    authorization: `Bearer ${((await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as { token: string }).token}`,
  });
  const [ann, root] = [await bearer('ann'), await bearer('root')];
  return {
    api,
    ann,
    root,
    enrol: (hostname: unknown, headers = {}) => api.say('POST', '/api/nodes/register', { hostname }, headers),
    get: async (path: string) => await api.say('GET', path, undefined, ann),
    nodes: async (query = '') =>
      (await api.say('GET', `/api/nodes${query}`, undefined, ann)).json() as {
        nodes: { id: string; hostname: string | null; phase: string }[];
        count: number;
      },
  };
}

function joined(nodeId: string, over: object = {}): MusterEvent {
  return {
    type: 'NodeRegistered',
    data: {
      nodeId,
      epoch: 1,
      ipAddress: '127.0.0.1',
      resources: { cpu: 8000, gpus: 4 },
      attributes: { 'gpu.model': 'A' },
      healthy: true,
      endpoint: 'http://127.0.0.1:9',
      protocol: 'muster',
      ...over,
    },
  };
}

void t.test(
  'returns the same id for twenty concurrent registrations of a host name, and records one event',
  async (t) => {
    const { api, enrol } = await scene(t);
    const said = await Promise.all(
      Array.from({ length: 20 }, (_, index) => enrol(index % 2 === 0 ? 'gpu-node-01' : 'GPU-node-01')),
    );
    t.same(new Set(said.map(({ status }) => status)), new Set([201]));
    t.equal(new Set(said.map(({ body }) => body)).size, 1);
    t.match(
      said[0]?.body,
      /^\{"id":"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"\}$/,
    );
    const again = await enrol('gpu-node-01');
    t.match(again, { status: 201, body: said[0]?.body });
    t.not((await enrol('gpu-node-02')).body, again.body);
    t.equal(
      (await api.events()).filter(({ type, data }) => type === 'NodeEnrolled' && /node-01/i.test(data))
        .length,
      1,
    );
  },
);

void t.test('responds 400 to an invalid host name, without requiring an account', async (t) => {
  const { api, enrol } = await scene(t);
  const before = (await api.events()).length;
  for (const bad of [undefined, null, '', 'a b', '../x', 'a..b', 'x'.repeat(64), 7, ['a'], {}])
    t.match(await enrol(bad), { status: 400, body: /^\{"error":"hostname: / }, JSON.stringify(bad));
  t.match(await api.say('POST', '/api/nodes/register', { hostname: 'a', id: 'chosen' }), {
    status: 400,
    body: '{"error":"id: is not a known key"}',
  });
  t.equal(
    (
      await api.say('POST', '/api/nodes/register', '{"hostname": "a"', {
        'content-type': 'application/json',
      })
    ).status,
    400,
  );
  t.equal((await api.events()).length, before);
});

void t.test('responds 422 to the same key with another host name', async (t) => {
  const { enrol } = await scene(t);
  t.equal((await enrol('a', { 'idempotency-key': 'k' })).status, 201);
  t.equal((await enrol('a', { 'idempotency-key': 'k' })).status, 201);
  t.equal((await enrol('b', { 'idempotency-key': 'k' })).status, 422);
});

void t.test('shows a node as Registered, Online, then Offline', async (t) => {
  const { api, enrol, get } = await scene(t);
  const { id } = (await enrol('Gpu-1')).json() as { id: string };
  t.same((await get(`/api/nodes/${id}`)).json(), {
    id,
    hostname: 'Gpu-1',
    phase: 'Registered',
    endpoint: null,
    resources: {},
    gpus: { total: 0, used: 0 },
    attributes: {},
    schedulable: false,
    last_heartbeat: null,
    created_at: ((await get(`/api/nodes/${id}`)).json() as { created_at: number }).created_at,
  });
  t.match(await get(`/api/nodes/${id}/status`), {
    status: 409,
    body: `{"error":"node ${id} is not online"}`,
  });
  t.match((await api.say('GET', '/nodes')).json(), { nodes: [], count: 0 });

  t.equal(
    (
      await api.say('POST', '/register', {
        node_id: id,
        ip_address: '10.0.0.5',
        resources: { cpu: 8000, memory: 1024, gpus: 4 },
        healthy: true,
        endpoint: 'http://127.0.0.1:9',
      })
    ).status,
    200,
  );
  t.match((await get(`/api/nodes/${id}`)).json(), {
    hostname: 'Gpu-1',
    phase: 'Online',
    endpoint: 'http://127.0.0.1:9',
    resources: { gpus: 4, cpu: 8000 },
    gpus: { total: 4, used: 0 },
    schedulable: true,
    last_heartbeat: Number,
  });
  t.match((await api.say('GET', '/nodes')).json(), { count: 1 });
  t.equal((await get(`/api/nodes/${id}/status`)).status, 502, 'the agent of an online node is called');

  await api.happened({
    type: 'AllocationPlaced',
    data: {
      evaluationId: 'e',
      allocationId: 'a',
      jobId: 'gpu.j',
      jobVersion: 0,
      group: 'g',
      slot: 0,
      attempt: 0,
      nodeId: id,
      epoch: 1,
      resources: { gpus: 2 },
      ports: [],
      gpuDevices: { main: [0, 3] },
    },
  } as unknown as MusterEvent);
  t.match((await get(`/api/nodes/${id}`)).json(), { gpus: { total: 4, used: 2 } });
  await api.happened({ type: 'NodeWentDown', data: { nodeId: id, epoch: 1, reason: 'silent' } });
  t.match((await get(`/api/nodes/${id}`)).json(), { phase: 'Offline', schedulable: false });
  t.equal((await get(`/api/nodes/${id}/status`)).status, 409);
  t.match(await get('/api/nodes/none'), { status: 404, body: '{"error":"node not found: none"}' });
  t.equal((await api.say('GET', `/api/nodes/${id}`)).status, 401);
  t.equal((await api.say('GET', '/api/nodes')).status, 401);
});

void t.test('lists nodes in order of registration, with pages and filters', async (t) => {
  const { api, enrol, nodes, get } = await scene(t);
  const idOf = async (name: string) => ((await enrol(name)).json() as { id: string }).id;
  await api.happened(joined('stranger-1'));
  const [a, b, c] = [await idOf('a'), await idOf('b'), await idOf('c')];
  await api.happened(joined(b), joined('stranger-2'));
  await api.happened({ type: 'NodeWentDown', data: { nodeId: 'stranger-1', epoch: 1, reason: 'silent' } });
  const all = [a, b, c, 'stranger-1', 'stranger-2'];
  t.same(
    (await nodes()).nodes.map(({ id }) => id),
    all,
  );
  const walked: string[] = [];
  for (let after = ''; ; after = `&after=${walked.at(-1)}`) {
    const page = await nodes(`?limit=2${after}`);
    walked.push(...page.nodes.map(({ id }) => id));
    if (page.count < 2) break;
  }
  t.same(walked, all);
  t.same(
    (await nodes('?phase=Registered')).nodes.map(({ id }) => id),
    [a, c],
  );
  t.same(
    (await nodes('?phase=Online')).nodes.map(({ id }) => id),
    [b, 'stranger-2'],
  );
  t.same(
    (await nodes('?phase=Offline')).nodes.map(({ id }) => id),
    ['stranger-1'],
  );
  t.match((await nodes('?hostname=B')).nodes, [{ id: b, hostname: 'b', phase: 'Online' }]);
  t.equal((await nodes('?hostname=z')).count, 0);
  t.equal((await nodes('?after=unknown')).count, 0);
  t.equal((await get('/api/nodes?phase=online')).status, 400);
});

void t.test('limits registrations per address and minute, and host names in total', async (t) => {
  const { api, enrol, ann, root } = await scene(t, { enrolmentsPerMinute: 30, enrolledNodes: 3 });
  const said = await Promise.all(Array.from({ length: 20 }, (_, index) => enrol(`n${index}`)));
  t.equal(said.filter(({ status }) => status === 201).length, 3);
  const refused = said.find(({ status }) => status !== 201);
  t.match(refused, {
    status: 503,
    body: /^\{"error":"the limit of 3 hostnames has been reached/,
    headers: { 'retry-after': String },
  });
  const known = said.findIndex(({ status }) => status === 201);
  t.equal((await enrol(`n${known}`)).status, 201, 'a known host name is accepted despite the limit');

  const { id } = said[known]?.json() as unknown as { id: string };
  const others = said
    .filter(({ status, body }) => status === 201 && !body.includes(id))
    .map((each) => (each.json() as { id: string }).id);
  await api.happened(joined(others[0] ?? ''));
  t.equal((await api.say('DELETE', `/api/nodes/${id}`, undefined, ann)).status, 403);
  t.equal((await api.say('DELETE', `/api/nodes/${others[0]}`, undefined, root)).status, 409);
  t.equal((await api.say('DELETE', `/api/nodes/none`, undefined, root)).status, 404);
  t.equal((await api.say('DELETE', `/api/nodes/${id}`, undefined, root)).status, 200);
  t.equal((await api.say('DELETE', `/api/nodes/${id}`, undefined, root)).status, 404);
  t.equal((await enrol('another')).status, 201);

  // More than the limit of a minute, because the earlier requests may be long ago on a busy machine.
  const flood = await Promise.all(Array.from({ length: 40 }, () => enrol('another')));
  t.match(
    flood.find(({ status }) => status === 429),
    { body: /too many node registrations from this address/, headers: { 'retry-after': String } },
  );
});

void t.test('replaces the oldest unused host name of an address that exceeds its limit', async (t) => {
  const { api, enrol, nodes } = await scene(t, { waitingNodes: 5 });
  const from = async (address: string, hostname: string) => {
    const said = await api.say('POST', '/api/nodes/register', { hostname }, {}, address);
    t.equal(said.status, 201);
    return (said.json() as { id: string }).id;
  };
  await from('10.0.0.7', 'other');
  const first = await from('10.0.0.8', 'first');
  await api.happened(joined(first));
  await Promise.all(Array.from({ length: 20 }, (_, index) => from('10.0.0.8', `flood-${index}`)));
  const names = async () => (await nodes()).nodes.map(({ hostname }) => hostname);
  t.match(await names(), ['other', 'first']);
  t.equal((await names()).length, 2 + 5);
  await from('::ffff:10.0.0.8', 'newest');
  t.equal((await names()).length, 2 + 5, 'an IPv4-mapped address counts as the same address');
  t.equal((await names()).at(-1), 'newest');
  await from('2001:db8::1', 'six');
  for (let index = 0; index < 6; index += 1) await from(`2001:db8::${index + 2}`, `six-${index}`);
  t.same(
    (await names()).slice(7),
    ['six-1', 'six-2', 'six-3', 'six-4', 'six-5'],
    'addresses of one IPv6 network count as one',
  );
  t.equal((await enrol('other')).status, 201);
  const events = await api.events();
  t.notOk(
    events.some(({ data, metadata }) => `${data}${metadata}`.includes('10.0.0.8')),
    'no event contains the address',
  );
});

void t.test(
  'keeps host names when the cluster is cleared, and shows nodes as Registered until they return',
  async (t) => {
    const { api, enrol, nodes } = await scene(t);
    const { id } = (await enrol('gpu-1')).json() as { id: string };
    await api.happened(joined(id), joined('stranger'));
    const { position } = await api.executor.execute(cluster, '', { kind: 'clear' }, sagaContext('test', ids));
    await api.models.waitFor(position ?? 0n, 10_000);
    t.match((await nodes()).nodes, [{ id, hostname: 'gpu-1', phase: 'Registered' }]);
    t.match(await enrol('gpu-1'), { status: 201, body: `{"id":"${id}"}` });
    const { findings, holds } = await verify({
      ...FOLDS,
      eventStore: api.store,
      directory: t.testdirName,
    });
    t.same(findings, []);
    t.ok(holds);
  },
);
