import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { fakeNvidiaSmi, FOUR_GPUS, printing } from '../fixtures/fake-nvidia-smi.js';
import { GpuAccount, type ClaimView } from '../fixtures/gpu-account.js';
import { gpuJob, gpuScene } from '../fixtures/gpu-scene.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';

t.setTimeout(600_000);

void t.test('each GPU of a node is assigned by index to only one container at a time', async (t) => {
  const scene = await gpuScene(t, 4);
  if (scene === undefined) return;
  const { dockerd, folder, server, requests, env, devicesOf } = scene;
  const agent = await startAgent(t, server, { dataDir: join(folder, 'agent'), env });
  await eventually(async () => (await server.api.node(agent.nodeId)).resources['gpus'] === 4, {
    what: '4 GPUs',
  });

  for (const [id, gpus] of [
    ['one', 1],
    ['two', 2],
    ['plain', 0],
  ] as const) {
    await server.api.submit(gpuJob(id, gpus));
    await server.api.jobIs(id, 'running', 60_000);
  }
  t.same(
    [devicesOf('one'), devicesOf('two'), devicesOf('plain')],
    [['GPU-00000000'], ['GPU-00000001', 'GPU-00000002'], undefined],
  );
  t.same(
    requests.asked.map(({ devices }) => devices?.[0]?.Capabilities),
    [[['gpu']], [['gpu']], undefined],
  );
  t.ok(requests.asked.at(-1)?.env.includes('NVIDIA_VISIBLE_DEVICES=void'));

  await server.api.submit(gpuJob('waits', 2));
  await server.api.jobIs('waits', 'blocked');
  await agent.kill();
  await agent.start();
  t.equal((await server.api.job('waits')).status, 'blocked', 'a running job keeps its devices');
  t.equal((await fetch(`${server.url}/jobs/one`, { method: 'DELETE' })).status, 200);
  await server.api.jobIs('waits', 'running', 60_000);
  t.same(
    devicesOf('waits'),
    ['GPU-00000000', 'GPU-00000003'],
    'the job gets the released device and the one that was free',
  );
  await eventually(() => requests.asked.length === 4, { what: 'one container for each job' });
  t.equal((await fetch(`${server.url}/jobs/two`, { method: 'DELETE' })).status, 200);
  await failing();
  await reached();
  await invariantsHold(t, server);

  /** A GPU in use fails and comes back. The server notices within 30 seconds, and other containers are not affected. */
  async function failing(): Promise<void> {
    for (const id of ['left', 'right']) {
      await server.api.submit(gpuJob(id, 1));
      await server.api.jobIs(id, 'running', 60_000);
    }
    t.same(
      [devicesOf('waits'), devicesOf('left'), devicesOf('right')],
      [['GPU-00000000', 'GPU-00000003'], ['GPU-00000001'], ['GPU-00000002']],
    );
    const containers = requests.asked.length;
    const gpusAre = async (count: number): Promise<void> => {
      const began = performance.now();
      await eventually(async () => (await server.api.node(agent.nodeId)).resources['gpus'] === count, {
        what: `${count} GPUs`,
        timeout: 60_000,
      });
      const seconds = (performance.now() - began) / 1000;
      t.ok(seconds < 30 * PATIENCE, `${count} GPUs were reported after ${seconds.toFixed(1)} s`);
    };
    // nvidia-smi numbers only GPUs that respond, so the indexes of the others change.
    const others = FOUR_GPUS.filter((_, index) => index !== 1).map((line, index) =>
      line.replace(/^\d+/, String(index)),
    );
    fakeNvidiaSmi(folder, printing(...others));
    await gpusAre(3);
    await server.api.jobIs('left', 'blocked', 60_000);
    t.equal((await server.api.job('waits')).status, 'running');
    t.equal((await server.api.job('right')).status, 'running');
    t.equal(requests.asked.length, containers, 'no other container was started again');
    fakeNvidiaSmi(folder, printing(...FOUR_GPUS));
    await gpusAre(4);
    await server.api.jobIs('left', 'running', 60_000);
    t.same(devicesOf('left'), ['GPU-00000001'], 'the job gets the same GPU back');
    for (const id of ['left', 'right', 'waits'])
      t.equal((await fetch(`${server.url}/jobs/${id}`, { method: 'DELETE' })).status, 200);
  }

  /** A client reaches a claim's container at the endpoint that the claim shows. */
  async function reached(): Promise<void> {
    if (!required(t, dockerd.network, 'a network for containers')) return;
    const ann = await GpuAccount.register(server.api, 'ann', 'password123', 'busybox:test');
    const command = "sh -c 'mkdir /w; echo reached > /w/index.html; exec httpd -f -p 8080 -h /w'";
    const spec = { image: 'busybox:test', resources: { gpuCount: 1 }, command, ports: [8080] };
    const made = await server.api.post<ClaimView>('/api/gpu-claims', { spec }, { headers: ann.headers });
    t.match(made, { status: 202, body: { status: { endpoints: [] } } });
    const { id } = made.body;
    const page = await eventually(
      async () => {
        const { endpoints = [] } = (await ann.is(id, { phase: 'Running' })).status;
        t.match(endpoints, [{ port: 8080, address: String }]);
        return await (await fetch(`http://${endpoints[0]?.address}/`)).text();
      },
      { what: 'a response of the container', timeout: 30_000 },
    );
    t.equal(page, 'reached\n');
    t.match(await ann.release(id), { status: { phase: 'Released' } });
    await eventually(async () => (await ann.get(id)).status.endpoints?.length === 0, {
      what: 'the removal of the endpoint',
      timeout: 30_000,
    });
  }
});
