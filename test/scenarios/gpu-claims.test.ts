import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually } from '../fixtures/eventually.js';
import { readEvents } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { GpuAccount } from '../fixtures/gpu-account.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(900_000);

const register = async (server: Server, username: string): Promise<GpuAccount> =>
  await GpuAccount.register(server.api, username, 'password123', 'busybox');
const start = async (t: Test, env: Record<string, string> = {}) =>
  await startServer(t, {
    dataDir: join(ownFolder(t), 'server'),
    env,
  });

void t.test('a claim waits for a node, runs there with exclusive GPUs, and is released', async (t) => {
  const server = await start(t);
  const ann = await register(server, 'ann');
  const answer = await ann.tryToClaim(2, 'nvidia/cuda:11.8.0-base-ubuntu22.04');
  t.equal(answer.status, 202);
  t.match(answer.body, {
    id: /^claim-[0-9a-f-]{36}$/,
    user_id: Number,
    spec: { image: 'nvidia/cuda:11.8.0-base-ubuntu22.04', resources: { gpuCount: 2 } },
  });
  t.same(answer.body.status, { phase: 'Pending', nodeName: '', containerID: '', reason: '' });
  t.equal(answer.body.created_at, answer.body.updated_at);
  const { id } = answer.body;
  await ann.is(id, { phase: 'Pending', reason: 'NoNodeOnline', nodeName: '' });
  t.equal(
    (await server.api.get(`/jobs/gpu.${id}`)).status,
    404,
    'the job of a claim is not found on the cluster surface',
  );
  t.same((await server.api.jobs()).length, 0);

  const { id: nodeId } = (
    await server.api.post<{ id: string }>('/api/nodes/register', { hostname: 'gpu-node-01' })
  ).body;
  const agent = await startBasicAgent(t, { serverUrl: server.url, nodeId, resources: { gpus: 2 } });
  const running = await ann.is(id, { phase: 'Running' });
  t.same(running.status, { phase: 'Running', nodeName: 'gpu-node-01', containerID: '', reason: '' });
  t.ok(running.updated_at > running.created_at);
  const [held] = agent.held.values();
  t.match(held?.order.task_group.tasks, [
    {
      name: 'main',
      config: { image: 'nvidia/cuda:11.8.0-base-ubuntu22.04' },
      resources: { cpu: 1000, memory: 2048, gpus: 2 },
    },
  ]);

  t.equal((await ann.tryToClaim(1)).status, 403, 'the quota of a user is 2');
  t.match(await ann.release(id), { id, status: { phase: 'Released', reason: '', nodeName: 'gpu-node-01' } });
  const next = await ann.tryToClaim(2);
  t.equal(next.status, 202, 'a release frees its quota at once');
  await ann.is(next.body.id, { phase: 'Running' });
  t.match(await ann.release(id), { status: { phase: 'Released' } }, 'a second release changes nothing');

  const history = await ann.history(id);
  t.same(
    history.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]),
    ['claimed', 'queued', 'waiting', 'placed', 'started', 'released', 'stopping', 'gone'],
  );
  t.match(
    history.map(({ message }) => message).join('\n'),
    /Claimed 2 GPUs for nvidia.*\n.*\n.*NoNodeOnline[^]*Placed on gpu-node-01 with GPUs 0, 1\./,
  );

  agent.finish([...agent.running()][0] ?? '', 3);
  t.match((await ann.is(next.body.id, { phase: 'Failed' })).status, {
    reason: 'ContainerExited',
    nodeName: 'gpu-node-01',
  });
  const last = await ann.tryToClaim(2);
  t.equal(last.status, 202, 'an ended claim frees its quota');
  await ann.is(last.body.id, { phase: 'Running' });
  agent.finish([...agent.running()][0] ?? '', 0);
  await ann.is(last.body.id, { phase: 'Succeeded', reason: 'ContainerExited' });
  t.same(
    (await ann.list()).map(({ status }) => status.phase),
    ['Released', 'Failed', 'Succeeded'],
  );
  t.same(
    (await ann.list('?phase=Failed')).map((claim) => claim.id),
    [next.body.id],
  );
  t.same(
    (await ann.list(`?after=${id}&limit=1`)).map((claim) => claim.id),
    [next.body.id],
  );
  await invariantsHold(t, server);
});

void t.test(
  'of ten concurrent claims only as many as the quota allows are accepted, and only one with the same key',
  async (t) => {
    const server = await start(t, { MUSTER_GPU_QUOTA: 'user=3' });
    const ann = await register(server, 'ann');
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => ann.tryToClaim(1)))).map(
      ({ status }) => status,
    );
    t.same(statuses.sort(), [202, 202, 202, 403, 403, 403, 403, 403, 403, 403]);
    const claims = await ann.list();
    t.equal(claims.length, 3);
    t.match((await ann.tryToClaim(1)).body, { error: /quota of 3 for the role user/ });
    await Promise.all(claims.map(({ id }) => ann.release(id)));
    const same = await Promise.all(
      Array.from({ length: 10 }, () => ann.tryToClaim(2, 'busybox', { 'idempotency-key': 'once' })),
    );
    t.same(
      [...new Set(same.map(({ status, body }) => `${status} ${body.id}`))].length,
      1,
      'all requests with one key return the same claim',
    );
    t.equal(same[0]?.status, 202);
    t.equal((await ann.tryToClaim(1, 'busybox', { 'idempotency-key': 'once' })).status, 422);
    const log = await readEvents(server, { streamPrefixes: ['gpuClaim-'] });
    t.same(log.filter(({ type }) => type === 'GpuClaimed').length, 4);
  },
);

void t.test(
  'claims and releases are completed after a kill of the server between their events',
  async (t) => {
    const server = await start(t, { MUSTER_GPU_QUOTA: 'user=20' });
    const agent = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'n1',
      resources: { gpus: 20, cpu: 20_000, memory: 40_000 },
    });
    const ann = await register(server, 'ann');
    const kept: string[] = [];
    const released: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const ids = (await Promise.all(Array.from({ length: 6 }, () => ann.claim(1)))).map(({ id }) => id);
      const gone = await Promise.all(ids.slice(0, 3).map((id) => ann.release(id)));
      released.push(...gone.map(({ id }) => id));
      kept.push(...ids.slice(3));
      await server.kill();
      await server.start();
    }
    for (const id of kept) await ann.is(id, { phase: 'Running' }, 60_000);
    for (const id of released) t.equal((await ann.get(id)).status.phase, 'Released');
    await eventually(() => agent.running().length === kept.length, {
      what: 'exactly the held claims running',
    });
    const jobs = (await readEvents(server, { streamPrefixes: ['job-gpu.'] })).map(
      ({ stream, type }) => `${type} ${stream}`,
    );
    t.same(jobs.length, new Set(jobs).size, 'no job was submitted or stopped twice');
    for (const id of kept) t.ok(jobs.includes(`JobSubmitted job-gpu.${id}`));
    for (const id of released)
      t.equal(
        jobs.includes(`JobSubmitted job-gpu.${id}`),
        jobs.includes(`JobStopped job-gpu.${id}`),
        'a released claim’s job was stopped if it was submitted',
      );
    await invariantsHold(t, server);
  },
);

void t.test(
  'a claim moves when its node goes down, and reports why it moved or why no node fits',
  async (t) => {
    const server = await start(t, { MUSTER_NODE_TIMEOUT_SECONDS: '5' });
    for (let index = 0; index < 4; index += 1)
      await startBasicAgent(t, {
        serverUrl: server.url,
        nodeId: `small-${index}`,
        resources: { cpu: 100, memory: 100, gpus: 1 },
      });
    const ann = await register(server, 'ann');
    const { id } = await ann.claim(2);
    await ann.is(id, { phase: 'Pending', reason: 'ExceedsClusterMax' });
    const first = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'first',
      resources: { gpus: 2 },
    });
    await ann.is(id, { phase: 'Running', nodeName: 'first', reason: '' });
    const bob = await register(server, 'bob');
    const waits = (await bob.claim(1)).id;
    await bob.is(waits, { phase: 'Pending', reason: 'WaitingForGpu' });

    first.manners.silent = true;
    await ann.is(id, { phase: 'Pending', reason: 'ExceedsClusterMax', nodeName: '' });
    await startBasicAgent(t, { serverUrl: server.url, nodeId: 'second', resources: { gpus: 3 } });
    t.match((await ann.is(id, { phase: 'Running', nodeName: 'second' })).status.reason, 'NodeLost');
    t.match(
      (await ann.history(id)).map(({ message }) => message).join('\n'),
      /Lost \(NodeLost\): first stopped reporting[^]*Placed on second with GPUs \d, \d; this is attempt 2/,
    );
    await bob.is(waits, { phase: 'Running', nodeName: 'second', reason: '' });
    t.equal((await server.api.get(`/api/gpu-claims/${id}`, { headers: bob.headers })).status, 404);
    await invariantsHold(t, server);
  },
);
