import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

interface Worker {
  readonly id: string;
  readonly status: string;
  readonly current_tasks: number;
  readonly max_tasks: number;
  readonly running_runs?: readonly { readonly task_id: number; readonly run_id: number }[];
}

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_ADMIN_PASSWORD: 'password123', MUSTER_NODE_TIMEOUT_SECONDS: '8' },
});
const agent = await startAgent(t, server);
const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
const worker = async (id: string): Promise<Worker> =>
  (await root.call<Worker>('get', `/api/workers/${id}`)).body.data;
const put = async (change: object) => await root.call<Worker>('put', `/api/workers/${agent.nodeId}`, change);

void t.test('a node is listed as a worker with ten slots, and a run occupies one of them', async (t) => {
  const listed = await root.call<readonly Worker[]>('get', '/api/workers');
  t.match(listed, { status: 200, body: { success: true, message: 'Workers' } });
  t.notOk('pagination' in listed.body, 'without a page all workers are returned');
  t.match(listed.body.data, [
    {
      id: agent.nodeId,
      name: String,
      status: 'online',
      last_heartbeat: /Z$/,
      current_tasks: 0,
      max_tasks: 10,
      tags: [],
      enabled: true,
    },
  ]);
  const { id } = await root.create({ name: 'holds', command: 'sleep 600', concurrency: 'allow' });
  t.match(await root.task(id), { resources: { cpu: 100, memory: 128, slots: 1 }, tags: [] });
  await root.trigger(id);
  await root.is(id, 1, 'running');
  const seen = await root.call('get', `/api/workers/${agent.nodeId}`);
  t.match(seen.body.data, {
    status: 'online',
    current_tasks: 1,
    max_tasks: 10,
    drivers: Array,
    running_runs: [{ task_id: id, run_id: 1, status: 'running', started_at: /Z$/ }],
    capacity: { slots: { total: 10, used: 1 }, cpu: { used: 100 } },
  });

  t.match(await put({ max_tasks: 1 }), {
    status: 200,
    body: { data: { status: 'busy', current_tasks: 1, max_tasks: 1 }, message: 'Worker updated' },
  });
  await root.trigger(id);
  await eventually(async () => (await root.run(id, 2)).reason === 'waiting_for_capacity', {
    timeout: 30_000,
    what: 'a run that waits for a slot',
  });
  t.match(
    await put({ max_tasks: 0 }),
    { body: { data: { max_tasks: 0, current_tasks: 1 } } },
    'a running task continues',
  );
  t.match(await root.run(id, 1), { status: 'running' });
  await put({ max_tasks: 2 });
  await root.is(id, 2, 'running');
  t.match(await worker(agent.nodeId), { status: 'busy', current_tasks: 2 });
  t.equal((await root.call('delete', `/api/tasks/${id}`)).status, 204);
  await eventually(async () => (await worker(agent.nodeId)).current_tasks === 0, {
    timeout: 30_000,
    what: 'slots that are free again',
  });
});

void t.test('a run is assigned to an enabled worker that has every tag of its task', async (t) => {
  const { id, ...made } = await root.create({ name: 'tagged', command: 'true', tags: ['gpu', 'python'] });
  t.match(made, { tags: ['gpu', 'python'] });
  await put({ tags: ['gpu'] });
  await root.trigger(id);
  await eventually(async () => (await root.run(id, 1)).reason === 'no_suitable_worker', {
    timeout: 30_000,
    what: 'a run without a suitable worker',
  });
  t.match(await put({ tags: ['python', 'gpu'], enabled: false }), {
    body: { data: { tags: ['python', 'gpu'], enabled: false, status: 'online' } },
  });
  await eventually(async () => (await root.run(id, 1)).reason === 'no_worker_online', {
    timeout: 30_000,
    what: 'a run that waits for a worker',
  });
  const whole = (await root.call<readonly Worker[]>('get', '/api/workers?tag=gpu')).body;
  t.notOk('pagination' in whole);
  const page = (await root.call<readonly Worker[]>('get', '/api/workers?tag=gpu&page=1&size=5')).body;
  t.match(page, { pagination: { page: 1, size: 5, total: 1, pages: 1 } });
  t.same(
    page.data.map(({ id }) => id),
    whole.data.map(({ id }) => id),
  );
  await put({ enabled: true });
  await root.is(id, 1, 'success');
  const said = (await readEvents(server, { streamPrefixes: [`node-${agent.nodeId}`] })).map(
    ({ type }) => type,
  );
  t.same(
    said.filter((type) => ['NodeTagsSet', 'NodeEligibilitySet'].includes(type)),
    ['NodeTagsSet', 'NodeEligibilitySet', 'NodeTagsSet', 'NodeEligibilitySet'],
  );
  await agent.stop();
  await agent.start();
  t.match(
    await worker(agent.nodeId),
    { max_tasks: 2, tags: ['python', 'gpu'] },
    'the settings of a worker outlive its registration',
  );
});

void t.test('a third-party node that does not support slots is listed with ten of them', async (t) => {
  const basic = await startBasicAgent(t, { serverUrl: server.url, nodeId: 'plain', interval: 200 });
  t.match(await worker('plain'), { name: 'plain', status: 'online', max_tasks: 10 });
  await root.call('put', '/api/workers/plain', { tags: ['plain'] });
  const { id } = await root.create({ name: 'there', command: 'true', tags: ['plain'] });
  await root.trigger(id);
  await eventually(() => basic.begun.size === 1, { timeout: 30_000, what: 'an order' });
  const [allocationId = ''] = basic.begun.keys();
  basic.finish(allocationId);
  t.match(await root.is(id, 1, 'success'), { worker: 'plain' });
});

void t.test(
  'a worker that only sends heartbeats is listed, goes offline when they stop, and is assigned no runs',
  async (t) => {
    const heartbeat = {
      status: 'online',
      current_tasks: 3,
      system_info: { cpu_usage: 45.2, memory_usage: 60.8, disk_usage: 35.1 },
    };
    const told = await root.call('post', '/api/workers/worker-001/heartbeat', heartbeat);
    t.match(told, {
      status: 200,
      body: {
        success: true,
        message: 'Heartbeat received',
        data: { id: 'worker-001', status: 'online', current_tasks: 3, max_tasks: 10, tags: [] },
      },
    });
    t.match(await worker('worker-001'), {
      system_info: heartbeat.system_info,
      running_runs: [],
      capacity: { slots: { total: 10, used: 3 } },
    });
    t.match(await root.call('put', '/api/workers/worker-001', { max_tasks: 3 }), {
      status: 409,
      body: { success: false, data: null },
    });
    t.match(
      await root.call('post', '/api/workers/worker-001/heartbeat', { ...heartbeat, current_tasks: 10 }),
      {
        body: { data: { status: 'busy' } },
      },
    );
    await eventually(async () => (await worker('worker-001')).status === 'offline', {
      timeout: 30_000,
      what: 'an offline worker',
    });

    const ofNode = await root.call('post', `/api/workers/${agent.nodeId}/heartbeat`, {
      ...heartbeat,
      status: 'offline',
    });
    t.match(
      ofNode.body,
      { data: { status: 'online', current_tasks: 0, max_tasks: 2 } },
      'a heartbeat for a node changes only its system information',
    );
    t.match(await worker(agent.nodeId), { system_info: heartbeat.system_info });
  },
);

void t.test('invalid requests and requests without permission are refused with an error', async (t) => {
  const refused = [
    ['put', agent.nodeId, { max_tasks: -1 }, 400, /^max_tasks: /],
    ['put', agent.nodeId, { tags: ['a b'] }, 400, /^tags\[0\]: /],
    ['put', agent.nodeId, { name: 'x' }, 400, /^name: is not a known key/],
    ['put', 'nobody', { enabled: true }, 404, /^there is no worker nobody$/],
    ['post', 'w/heartbeat', { status: 'well' }, 400, /^status: /],
    ['post', 'w/heartbeat', { system_info: { cpu_usage: 101 } }, 400, /^system_info\.cpu_usage: /],
    ['get', '..%2f', undefined, 404, /^there is no worker \?$/],
  ] as const;
  for (const [method, path, body, status, message] of refused)
    t.match(
      await root.call(method, `/api/workers/${path}`, body),
      { status, body: { success: false, data: null, message } },
      `${method} ${path}`,
    );
  t.equal((await server.api.get('/api/workers')).status, 401);
  await root.api.post('/api/auth/register', { username: 'ann', password: 'password123' });
  const ann = await TaskAccount.logIn(server.api, 'ann', 'password123');
  t.equal((await ann.call('get', '/api/workers')).status, 200);
  t.equal((await ann.call('put', `/api/workers/${agent.nodeId}`, { max_tasks: 9 })).status, 403);
  t.equal((await ann.call('post', '/api/workers/w/heartbeat', {})).status, 403);
  t.match(await ann.call('post', '/api/auth/api-keys', { name: 'k', scopes: ['tasks:worker'] }), {
    status: 403,
  });
  const issued = await root.call('post', '/api/auth/api-keys', { name: 'k', scopes: ['tasks:worker'] });
  const headers = { authorization: `Bearer ${(issued.body as unknown as { api_key: string }).api_key}` };
  t.equal((await server.api.put(`/api/workers/${agent.nodeId}`, { max_tasks: 10 }, { headers })).status, 200);
  t.equal(
    (await server.api.get('/api/workers', { headers })).status,
    403,
    'a key with tasks:worker alone cannot list workers',
  );
});

void t.test('workers can be listed, shown and configured from the command line', async (t) => {
  const cli = async (...args: string[]) =>
    await muster(['worker', ...args], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token });
  const set = await cli('set', agent.nodeId, '--max-tasks', '7', '--tags', 'a,b', '--disable');
  t.match(set, { code: 0, stdout: / online \(disabled\) +0\/7 +a,b / });
  const listed = JSON.parse((await cli('list', '--tag', 'b', '-o', 'json')).stdout) as readonly Worker[];
  t.match(listed, [{ id: agent.nodeId, max_tasks: 7, tags: ['a', 'b'], enabled: false }]);
  t.match(await cli('set', agent.nodeId, '--tags', '', '--enable'), { code: 0, stdout: / online +0\/7 +- / });
  t.match(await cli('show', agent.nodeId), { code: 0, stdout: /^slots +7 +0$/m });
  t.match(await cli('show', 'nobody'), { code: 1, stderr: /no such worker: nobody/ });
  t.match(await cli('set', agent.nodeId), { code: 1, stderr: /nothing to change/ });
});

void t.test('after these tests no node is oversubscribed', async (t) => invariantsHold(t, server));
