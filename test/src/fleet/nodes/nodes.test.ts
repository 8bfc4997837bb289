import t from 'tap';
import { allocationsDigest } from '#agents/platform/digest.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { context, startServer } from './cluster.js';

void t.test('responds to a registration with its epoch and an empty digest', async (t) => {
  const server = await startServer(t);
  t.match(await server.register(), { epoch: 1, digest: allocationsDigest([]) });
  t.match(await server.register({}, { ours: true }), { epoch: 2 });
  t.match(await server.pen.newest('NodeRegistered'), { epoch: 2, protocol: 'muster' });
});

void t.test('tells our agents the log, and fails a registration while it cannot be read', async (t) => {
  let log = async (): Promise<string> => await Promise.reject(new Error('the store is away'));
  const server = await startServer(t, { logId: async () => await log() });
  await t.rejects(server.register({}, { ours: true }), /the store is away/);
  t.notOk('log' in (await server.register()), 'others are not told');
  t.notOk('log' in (await server.heartbeat({}, { ours: true })), 'a heartbeat is accepted without it');
  log = async () => await Promise.resolve('1'.repeat(32));
  t.match(await server.register({}, { ours: true }), { log: '1'.repeat(32) });
  t.match(await server.heartbeat({}, { ours: true }), { log: '1'.repeat(32) });
});

void t.test('refuses an endpoint other than a plain http address', async (t) => {
  const server = await startServer(t);
  await t.rejects(server.register({ endpoint: 'http://169.254.169.254' }), {
    code: 'MUSTER_E_INVALID',
    fields: { field: 'endpoint' },
  });
  await t.rejects(server.register({ endpoint: 'file:///etc' }), { code: 'MUSTER_E_INVALID' });
  t.strictSame(await server.pen.types(), []);
});

void t.test('lists an allocation whose order the log has lost, so that it keeps running', async (t) => {
  const server = await startServer(t);
  await server.register({}, { ours: true });
  for (const job of ['j1', 'j2']) await server.pen.job(job);
  await server.pen.place('a1', 'n1', 'j1');
  await server.pen.place('a2', 'n1', 'j2');
  await server.settled();
  await server.store.tombstoneStream('job-j1', 0);
  const list = await server.nodes.desired('n1', { ours: true, epoch: 1 });
  t.match(list, { digest: allocationsDigest(['a1', 'a2']), allocations: [{ allocation_id: 'a2' }] });
  t.same(list.kept, ['a1']);
});

void t.test('responds to a heartbeat with the digest, and appends nothing if nothing changed', async (t) => {
  const server = await startServer(t);
  await server.register({}, { ours: true });
  await server.pen.job('j1');
  await server.pen.place('a1');
  await server.settled();
  t.match(await server.heartbeat({}, { ours: true, epoch: 1 }), {
    epoch: 1,
    digest: allocationsDigest(['a1']),
  });
  t.strictSame(await server.pen.types(), ['NodeRegistered']);
  const list = await server.nodes.desired('n1', { ours: true, epoch: 1 });
  t.match(list, {
    node_id: 'n1',
    epoch: 1,
    digest: allocationsDigest(['a1']),
    allocations: [
      { allocation_id: 'a1', job_id: 'j1', task_group: { name: 'web', tasks: [{ name: 'main' }] } },
    ],
  });
  await t.rejects(server.nodes.desired('n1', { ours: true, epoch: 7 }), {
    code: 'MUSTER_E_NODE_STALE_EPOCH',
  });
  await t.rejects(server.nodes.desired('n2', { ours: true }), { code: 'MUSTER_E_NODE_NOT_FOUND' });
});

void t.test('refuses a heartbeat of an unknown node or past epoch', async (t) => {
  const server = await startServer(t);
  await t.rejects(server.heartbeat(), { code: 'MUSTER_E_NODE_UNKNOWN', status: 400 });
  await server.register();
  await server.register();
  await t.rejects(server.heartbeat({}, { ours: true, epoch: 1 }), {
    code: 'MUSTER_E_NODE_STALE_EPOCH',
    status: 409,
  });
});

void t.test('accepts a report about an allocation whose placement is not folded yet', async (t) => {
  const server = await startServer(t);
  await server.register({}, { ours: true });
  await server.pen.job('j1');
  await server.pen.place('a1');
  const report = { status: 'complete', start_time: 1, end_time: 2 };
  const answer = await server.heartbeat({ allocations: { a1: report } }, { ours: true, epoch: 1 });
  t.equal(answer.digest, allocationsDigest([]), 'the digest leaves out the ended allocation');
  t.strictSame(await server.pen.types(), [
    'NodeRegistered',
    'AllocationStarted',
    'TaskExited',
    'AllocationCompleted',
  ]);
  t.match(
    await server.pen.newest('TaskExited'),
    { task: 'main', status: 'complete' },
    'the task name is taken from the job',
  );
});

void t.test('ignores reports of allocations that are placed elsewhere or nowhere', async (t) => {
  const server = await startServer(t);
  await server.register();
  await server.register({ node_id: 'n2' });
  await server.pen.place('a1', 'n2');
  await server.heartbeat({
    allocations: {
      a1: { status: 'running' },
      ['__proto__']: { status: 'running' },
      zz: { status: 'failed' },
    },
  });
  t.strictSame(await server.pen.types(), ['NodeRegistered']);
});

void t.test('accepts a heartbeat with a thousand ended allocations', async (t) => {
  const server = await startServer(t);
  await server.register({}, { ours: true });
  await server.pen.job('j1');
  const ids = Array.from({ length: 1000 }, (_, index) => `a${index}`);
  for (const id of ids) await server.pen.place(id);
  const allocations = Object.fromEntries(
    ids.map((id) => [
      id,
      {
        status: 'failed',
        start_time: 1,
        end_time: 2,
        message: 'm'.repeat(300),
        tasks: { main: { status: 'failed', exit_code: 1 } },
      },
    ]),
  );
  await server.heartbeat({ allocations }, { ours: true });
  t.equal((await server.pen.types()).filter((type) => type === 'AllocationFailed').length, 1000);
});

void t.test('returns the newest telemetry of a node', async (t) => {
  const server = await startServer(t);
  t.equal(server.nodes.telemetry('n1'), undefined);
  await server.register();
  await server.heartbeat({ resources: { cpu: 4000, memory: 8192, cpu_used: 7 } });
  t.match(server.nodes.telemetry('n1'), { lastHeartbeat: Number, resources: { cpu_used: 7 } });
});

void t.test(
  "returns the position of the node's newest event after a drain or a change of eligibility",
  async (t) => {
    const server = await startServer(t);
    await t.rejects(server.nodes.drain('n1', true, context()), {
      code: 'MUSTER_E_NODE_NOT_FOUND',
      status: 404,
    });
    await server.register();
    const drained = await server.nodes.drain('n1', true, context());
    t.match(drained, { position: BigInt });
    t.strictSame(await server.nodes.drain('n1', true, context()), drained);
    t.match(await server.nodes.setEligibility('n1', false, context()), { position: BigInt });
  },
);

void t.test('continues the epochs of a node after a clear', async (t) => {
  const server = await startServer(t);
  await server.register();
  await server.register();
  await server.executor.execute(cluster, '', { kind: 'clear' }, context());
  await server.settled();
  await t.rejects(server.heartbeat({}, { ours: true, epoch: 2 }), { code: 'MUSTER_E_NODE_UNKNOWN' });
  t.match(await server.register(), { epoch: 3 });
});

void t.test('refuses a second agent with the same node id, and lists both addresses', async (t) => {
  const server = await startServer(t);
  const ours = { ours: true };
  await server.register(
    { instance: 'a2', earlier_instances: ['a1'], endpoint: 'http://10.0.0.1:9000' },
    ours,
  );
  const second = { instance: 'b1', earlier_instances: ['a1'], endpoint: 'http://10.0.0.2:9000' };
  const fields = { nodeId: 'n1', address: 'http://10.0.0.2:9000', holder: 'http://10.0.0.1:9000' };
  for (const attempt of [1, 2])
    await t.rejects(
      server.register(second, ours),
      { code: 'MUSTER_E_NODE_ID_IN_USE', status: 409, fields },
      `attempt ${attempt}`,
    );
  t.strictSame(await server.pen.types(), ['NodeRegistered', 'NodeRegistrationRefused'], 'recorded once');
  t.strictSame(server.refused.list(), [fields]);
  t.match(await server.heartbeat({}, { ours: true, epoch: 1 }), { epoch: 1 }, 'the first is not disturbed');
});
