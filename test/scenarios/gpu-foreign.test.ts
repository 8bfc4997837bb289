import { join } from 'node:path';
import t from 'tap';
import { taskProcesses } from '#agents/drivers/exec/left-processes.js';
import { sendSignal } from '#agents/drivers/exec/process-table.js';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { gpuJob, gpuPath, gpuScene } from '../fixtures/gpu-scene.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const ONCE = { group: { lost: 'fail' } };

void t.test('a GPU that a container of another node id holds is assigned to nobody', async (t) => {
  const scene = await gpuScene(t, 2);
  if (scene === undefined) return;
  const { dockerd, folder, server, env, devicesOf } = scene;
  const former = await startAgent(t, server, { dataDir: join(folder, 'former'), env });
  await server.api.submit(gpuJob('left', 1, ONCE));
  await server.api.jobIs('left', 'running', 60_000 * PATIENCE);
  const [held] = devicesOf('left') ?? [];
  t.match(held, /^GPU-0000000[01]$/);
  const index = Number(held?.at(-1));
  await former.kill();

  const agent = await startAgent(t, server, { dataDir: join(folder, 'agent'), env });
  t.not(agent.nodeId, former.nodeId);
  const node = async () => await server.api.node(agent.nodeId);
  t.match(await node(), {
    resources: { gpus: 1 },
    attributes: {
      'docker.foreign_nodes': former.nodeId,
      'docker.foreign_gpus': `${held}=${former.nodeId}`,
      [`gpu.${index}.health`]: `used by a container of node ${former.nodeId}`,
      [`gpu.${1 - index}.health`]: 'ok',
    },
  });
  const shown = await muster(['node', 'status', agent.nodeId], { MUSTER_SERVER_URL: server.url });
  t.match(shown.stdout, `used by a container of node ${former.nodeId}`, 'node status says why');
  const here = { ...ONCE, constraints: { node_id: agent.nodeId } };
  await server.api.submit(gpuJob('next', 1, here));
  await server.api.jobIs('next', 'running', 60_000 * PATIENCE);
  t.same(devicesOf('next'), [`GPU-0000000${1 - index}`]);

  const containers = await dockerd.docker.listContainers({
    filters: { label: [`muster.node=${former.nodeId}`] },
  });
  for (const { Id } of containers) await dockerd.docker.getContainer(Id).remove({ force: true });
  await eventually(async () => (await node()).attributes?.[`gpu.${index}.health`] === 'ok', {
    what: 'the free GPU',
    timeout: 90_000,
  });
  t.equal((await node()).resources['gpus'], 2);

  // Without a lost allocation: another agent's container is given the GPUs that tasks of this node have.
  await server.api.submit(gpuJob('process', 1, { ...here, task: { config: { command: 'sleep 3600' } } }));
  await server.api.jobIs('process', 'running', 60_000 * PATIENCE);
  await agent.kill();
  const other = await dockerd.docker.createContainer({
    Image: 'busybox:test',
    Cmd: ['sleep', '3600'],
    Env: ['NVIDIA_VISIBLE_DEVICES=GPU-00000000,GPU-00000001'],
    Labels: { 'muster.node': 'other' },
  });
  await other.start();
  await agent.start();
  await eventually(async () => (await node()).attributes?.['docker.foreign_nodes'] === 'other', {
    what: 'the registration of the next agent',
  });
  t.match(await node(), {
    resources: { gpus: 2 },
    attributes: { 'gpu.0.health': 'ok', 'gpu.1.health': 'ok' },
  });
  for (const id of ['next', 'process']) t.equal((await server.api.job(id)).status, 'running', id);
  await server.api.delete('/jobs/process');
  const health = 'used by a container of node other';
  await eventually(async () => (await node()).attributes?.[`gpu.${index}.health`] === health, {
    what: 'the GPU that no task of this node has any more',
    timeout: 60_000 * PATIENCE,
  });
  t.equal((await server.api.job('next')).status, 'running', 'a container of this node keeps its GPU');
  await invariantsHold(t, server);
});

void t.test('a GPU that a process of another node id holds is assigned to nobody', async (t) => {
  if (!required(t, process.getuid?.() === 0, 'root, which runs tasks as other users')) return;
  const folder = ownFolder(t);
  const env = { PATH: gpuPath(folder, 2) };
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const former = await startAgent(t, server, { dataDir: join(folder, 'former'), env });
  // The agent does not believe what other users' processes say, but it started their supervisors itself.
  const task = { user: 'nobody', config: { command: 'echo $MUSTER_GPU_UUIDS; exec sleep 3600' } };
  await server.api.submit(gpuJob('left', 1, { ...ONCE, task }));
  const { allocations } = await server.api.jobIs('left', 'running', 60_000 * PATIENCE);
  const id = allocations[0]?.allocation_id ?? '';
  t.teardown(() => endAll());
  const logs = `/jobs/left/allocations/${id}/logs?task=main`;
  const held = await eventually(async () => /GPU-0000000[01]/.exec((await server.api.get(logs)).text)?.[0], {
    what: 'the name of the GPU',
  });
  await former.kill();

  const agent = await startAgent(t, server, { dataDir: join(folder, 'agent'), env });
  const node = async () => await server.api.node(agent.nodeId);
  const health = `gpu.${held.at(-1)}.health`;
  t.match(await node(), {
    resources: { gpus: 1 },
    attributes: {
      'exec.foreign_gpus': `${held}=${former.nodeId}`,
      [health]: `used by a process of node ${former.nodeId}`,
    },
  });
  endAll();
  await eventually(async () => (await node()).attributes?.[health] === 'ok', {
    what: 'the free GPU',
    timeout: 60_000 * PATIENCE,
  });
  t.equal((await node()).resources['gpus'], 2);

  function endAll(): void {
    for (const { node, allocation, pid } of taskProcesses())
      if (node === former.nodeId && allocation === id) sendSignal(pid, 'SIGKILL');
  }
});
