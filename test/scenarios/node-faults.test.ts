import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdFor } from '../fixtures/container-scene.js';
import { DeviceRequests } from '../fixtures/device-requests.js';
import type { Dockerd } from '../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { GpuAccount, type ClaimView } from '../fixtures/gpu-account.js';
import { gpuJob, gpuPath } from '../fixtures/gpu-scene.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer } from '../fixtures/server.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(900_000 * PATIENCE);

const SERVICE = {
  image: 'busybox:test',
  args: ['1000'],
  kill_timeout: 1,
  update: { min_healthy_seconds: 0, progress_deadline_seconds: 240 },
};

interface DeploymentList {
  readonly deployments: readonly {
    readonly status: string;
    readonly reason: { readonly message: string } | null;
  }[];
}

interface Outcome {
  /** The node whose Docker daemon runs its container. */
  readonly on: 'first' | 'second' | undefined;
  readonly failed: string | undefined;
}

/** A server and a node with a Docker daemon and a GPU. A second one is added later. */
async function scene(t: Test) {
  const first = await dockerdFor(t, { 'busybox:test': [] });
  const second = first && (await dockerdFor(t, { 'busybox:test': [] }));
  if (first === undefined || second === undefined) return undefined;
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const node = async (name: string, DOCKER_HOST: string) => {
    const PATH = gpuPath(join(folder, name), 1);
    const agent = await startAgent(t, server, { dataDir: join(folder, name), env: { DOCKER_HOST, PATH } });
    await eventually(async () => (await server.api.node(agent.nodeId)).resources['gpus'] === 1);
    return agent.nodeId;
  };
  /** The daemon has no GPU, so it gets no request for one. */
  const withoutRequests = async ({ socketPath }: Dockerd, name: string): Promise<string> => {
    const socket = join(folder, `${name}.sock`);
    await DeviceRequests.before(t, socketPath, socket);
    return `unix://${socket}`;
  };
  const daemons = { first, second };
  const { api } = server;
  const cleo = await ServicesUser.register(api, 'cleo');
  const ann = await GpuAccount.register(api, 'ann', 'ann-password', 'busybox:test');
  const attributes = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
    (await api.node(id)).attributes ?? {};
  return {
    server,
    first,
    attributes,
    addFirst: async () => await node('first', await withoutRequests(first, 'first')),
    /** A Docker daemon without NVIDIA's runtime, so a container with a GPU cannot start. */
    addFirstWithoutRuntime: async () => await node('first', first.host),
    addSecond: async () => await node('second', await withoutRequests(second, 'second')),
    async claim(command = 'sleep 1000') {
      const body = { spec: { image: 'busybox:test', command, resources: { gpuCount: 1 } } };
      const made = await api.post<ClaimView>('/api/gpu-claims', body, { headers: ann.headers });
      t.equal(made.status, 202, made.text);
      const { id } = made.body;
      return ofJob(`gpu.${id}`, async () => {
        const { status } = await ann.get(id);
        return status.phase === 'Failed'
          ? (await ann.history(id)).map(({ message }) => message).join()
          : undefined;
      });
    },
    async service(command = 'sleep') {
      const config = { ...SERVICE, command };
      const made = await cleo.post('/services', { name: 'web', type: 'web', config });
      t.equal(made.status, 201, made.text);
      const { id } = made.body;
      t.equal((await cleo.post(`/services/${id}/start`)).status, 200);
      return ofJob(`service.${id}.`, async () => {
        const { deployments } = await cleo.get<DeploymentList>(`/services/${id}/deployments`);
        return deployments[0]?.status === 'failed' ? deployments[0].reason?.message : undefined;
      });
    },
    async job(gpus: number, command = 'sleep 1000') {
      const id = `job-${gpus}`;
      const config = { image: 'busybox:test', command };
      await api.submit(gpuJob(id, gpus, { task: { config } }));
      return ofJob(id, async () => {
        const { allocations } = await api.job(id);
        const [task] = allocations.flatMap(({ tasks }) => Object.values(tasks));
        return task?.status === 'failed' ? (task.message ?? '') : undefined;
      });
    },
  };

  /** `id`: what its job's id contains. */
  function ofJob(id: string, failed: () => Promise<string | undefined>) {
    const runsOn = async ({ docker }: Dockerd): Promise<boolean> =>
      (await docker.listContainers()).some(({ Labels }) => Labels['muster.job']?.includes(id) === true);
    return async (): Promise<Outcome> => {
      const on = (await runsOn(daemons.first))
        ? 'first'
        : (await runsOn(daemons.second))
          ? 'second'
          : undefined;
      return { on, failed: await failed() };
    };
  }
}

type Work = () => Promise<Outcome>;

async function runs(t: Test, works: Readonly<Record<string, Work>>, on: Outcome['on']): Promise<void> {
  for (const [name, work] of Object.entries(works))
    await eventually(
      async () => {
        const now = await work();
        if (now.on !== on) throw new Error(JSON.stringify(now));
        t.equal(now.failed, undefined, `${name} has not failed`);
        return true;
      },
      { timeout: 25_000, what: `${name} on the ${on} node` },
    );
}

void t.test('work that needs GPUs moves from a node that cannot give them', async (t) => {
  const on = await scene(t);
  if (on === undefined) return;
  const first = await on.addFirstWithoutRuntime();
  const plain = await on.service();
  const works = { claim: await on.claim(), job: await on.job(1) };
  const why = await eventually(
    async () => {
      const found = await on.attributes(first);
      return found['gpu.0.health'] === 'ok' ? undefined : found;
    },
    { timeout: 25_000 },
  );
  t.match(why, {
    'docker.gpu_fault': /^3 starts with GPUs failed within 10 minutes: could not select device driver/,
    'gpu.0.health': /^3 starts with GPUs failed/,
    'driver.docker': true,
  });
  await runs(t, { service: plain }, 'first');
  await on.addSecond();
  const moved = await eventually(
    async () => {
      for (const [name, work] of Object.entries(works)) if ((await work()).on === 'second') return name;
      return undefined;
    },
    { timeout: 25_000 },
  );
  const waiting = moved === 'claim' ? works.job : works.claim;
  t.match(await waiting(), { failed: undefined, on: undefined }, 'the other one waits for the only card');
  await invariantsHold(t, on.server);
});

void t.test('all work in containers moves from a node whose daemon cannot start them', async (t) => {
  const on = await scene(t);
  if (on === undefined) return;
  const containers = join(dirname(on.first.socketPath), 'data/containers');
  // The disk is full: there is no room for another container.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k,nr_inodes=2', 'tmpfs', containers]);
  t.teardown(() => execFileSync('umount', [containers]));
  const first = await on.addFirst();
  const works = { claim: await on.claim(), service: await on.service(), job: await on.job(0) };
  const why = await eventually(
    async () => {
      const found = await on.attributes(first);
      return found['docker.start_fault'] === undefined ? undefined : found;
    },
    { timeout: 25_000 },
  );
  t.match(why, { 'docker.start_fault': '3 starts failed within 10 minutes: no space left on the node' });
  t.equal(why['driver.docker'], undefined);
  const metrics = await on.server.api.get('/metrics');
  t.match(metrics.text, /^muster_nodes_with_faults\{kind="containers"\} 1$/m);
  t.match(metrics.text, /^muster_nodes_with_faults\{kind="gpus"\} 0$/m);
  await on.addSecond();
  await runs(t, works, 'second');
  await invariantsHold(t, on.server);
});

void t.test('what an image or a command causes fails the work and not the node', async (t) => {
  const on = await scene(t);
  if (on === undefined) return;
  const first = await on.addFirst();
  const words = 'no space left on device';
  for (const work of [await on.service(words), await on.job(0, `'${words}'`), await on.claim(words)])
    await eventually(async () => (await work()).failed?.includes('executable file not found'), {
      timeout: 60_000,
      what: 'a failed start',
    });
  await on.addSecond();
  const found = await on.attributes(first);
  t.same(
    [found['docker.start_fault'], found['docker.gpu_fault'], found['gpu.0.health']],
    [undefined, undefined, 'ok'],
  );
  await invariantsHold(t, on.server);
});
