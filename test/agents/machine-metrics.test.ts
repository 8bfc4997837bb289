import t, { type Test } from 'tap';
import { agentMetrics } from '#domain/protocol/index.js';
import { fakeNvidiaSmi, FOUR_GPUS, printing } from '../fixtures/fake-nvidia-smi.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, spawnAgent, startPair } from './support/agent.js';
import { callProven } from './support/prove.js';
import { PeerServer, until } from './support/peer-server.js';

async function gpuNode(t: Test, script: string, joinToken?: string) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = { dataDir, serverUrl: peer.url, ...(joinToken === undefined ? {} : { joinToken }) };
  const agent = await spawnAgent(t, options, {
    PATH: `${fakeNvidiaSmi(dataDir, script)}:${process.env.PATH ?? ''}`,
  });
  return { agent, peer };
}

void t.test('registers four GPUs and returns each in its metrics', async (t) => {
  const { agent, peer } = await gpuNode(t, printing(...FOUR_GPUS));
  const { status, headers, body } = await call('GET', `${agent.url}/api/v1/metrics`);
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  t.same(Object.keys(body), ['node_id', 'cpu_usage_percent', 'memory_usage_percent', 'gpus', 'system']);
  const metrics = agentMetrics.parse(body);
  t.equal(metrics.node_id, agent.nodeId);
  t.same(
    metrics.gpus.map((gpu) => [gpu.index, gpu.utilization_percent, gpu.memory_used_mb]),
    [
      [0, 0, 0],
      [1, 10, 512],
      [2, 20, 1024],
      [3, 30, 1536],
    ],
  );
  t.equal(metrics.system.gpu_problem, null);
  t.ok(
    metrics.memory_usage_percent > 0 && metrics.system.memory_used_mb < metrics.system.memory_total_mb,
    JSON.stringify(metrics),
  );
  await until(() => peer.registrations.length > 0);
  t.match(peer.registrations[0], {
    resources: { gpus: 4 },
    attributes: { 'gpu.model': 'NVIDIA H100 80GB HBM3', 'gpu.memory': 81_559, 'gpu.driver': '550.54.15' },
  });
});

void t.test('responds while nvidia-smi hangs, and reports the problem', async (t) => {
  const { agent } = await gpuNode(t, 'exec sleep 1000');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('GET', `${agent.url}/api/v1/metrics`)),
  );
  for (const { status, body } of answers)
    t.match(
      [status, body],
      [200, { gpus: [], system: { gpu_problem: 'nvidia-smi did not respond within 2 seconds' } }],
    );
  t.equal(
    new Set(answers.map(({ body }) => JSON.stringify(body))).size,
    1,
    'concurrent requests share one measurement',
  );
});

void t.test('registers no GPUs on a machine without any', async (t) => {
  const { agent, peer } = await gpuNode(t, 'echo "No devices were found"; exit 6');
  t.match((await call('GET', `${agent.url}/api/v1/metrics`)).body, {
    gpus: [],
    system: { gpu_problem: null },
  });
  await until(() => peer.registrations.length > 0);
  t.notOk('gpus' in (peer.registrations[0]?.resources ?? {}));
});

void t.test("requires a proof of the node's secret", async (t) => {
  const { agent, peer } = await startPair(t, { joinToken: 'join-token-of-16+' });
  t.equal((await call('GET', `${agent.url}/api/v1/metrics`)).status, 401);
  t.equal(
    (
      await call('GET', `${agent.url}/api/v1/metrics`, undefined, {
        authorization: 'Bearer join-token-of-16+',
      })
    ).status,
    401,
  );
  peer.joinToken = 'join-token-of-16+';
  peer.secret = 'musnode_bm9kZQ_the-secret-of-this-node';
  const { secret } = peer;
  const asked = { method: 'GET', url: `${agent.url}/api/v1/metrics` };
  await until(async () => (await callProven(secret, asked)).status === 200);
});
