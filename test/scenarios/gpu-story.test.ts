import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent, type AgentProcess } from '../fixtures/agent.js';
import { DeviceRequests } from '../fixtures/device-requests.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../fixtures/dockerd.js';
import { readRecorded } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { fakeNvidiaSmi, FOUR_GPUS, printing } from '../fixtures/fake-nvidia-smi.js';
import { ownFolder } from '../fixtures/folder.js';
import { GpuAccount, type ClaimView } from '../fixtures/gpu-account.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';

const PASSWORD = 'nobody-reads-this-4711';
/** Its command is a shell, as that of CUDA's images is. */
const SHELL = 'shell:test';
/** In the environment of a container. */
const SECRET = 'hf-4f1c-in-nobody-s-log';
/** What `nvidia-smi` names, on either node. */
const ALL_GPUS = ['GPU-00000000', 'GPU-00000001', 'GPU-00000002', 'GPU-00000003'];

t.setTimeout(600_000);

/** A machine with four GPUs: a Docker daemon and an agent of its own. */
class Machine {
  private constructor(
    readonly id: string,
    readonly dockerd: Dockerd,
    readonly requests: DeviceRequests,
    readonly agent: AgentProcess,
  ) {}

  /** It says its name first, as the contract has it, and joins with the id that it is given. */
  static async start(t: Test, server: Server, folder: string, hostname: string): Promise<Machine> {
    const enrol = async (): Promise<string> => {
      const { status, body } = await server.api.post<{ id: string }>('/api/nodes/register', { hostname });
      t.equal(status, 201);
      return body.id;
    };
    const id = await enrol();
    t.equal(await enrol(), id, 'the same name is given the same id');
    t.notOk(
      (await server.api.nodes()).some(({ node_id }) => node_id === id),
      'by that alone it is not in the cluster',
    );
    const dockerd = await startDockerd({ bridge: false });
    t.teardown(() => dockerd.stop());
    await dockerd.importImage(SHELL, ['CMD ["sh"]']);
    await dockerd.importImage('brief:test', ['CMD ["true"]']);
    const socket = join(folder, `${hostname}.sock`);
    const requests = await DeviceRequests.before(t, dockerd.socketPath, socket);
    const home = join(folder, hostname);
    const agent = await startAgent(t, server, {
      dataDir: home,
      env: {
        DOCKER_HOST: `unix://${socket}`,
        PATH: `${fakeNvidiaSmi(home, printing(...FOUR_GPUS))}:${process.env['PATH'] ?? ''}`,
        MUSTER_NODE_ID: id,
        MUSTER_AGENT_RESOURCES: 'cpu=4000,memory=8192',
      },
    });
    return new Machine(id, dockerd, requests, agent);
  }

  /** The container of a claim, as Docker itself shows it. */
  async container(
    claim: ClaimView,
  ): Promise<{ readonly Id: string; readonly Running: boolean; readonly Cmd: unknown } | undefined> {
    if (claim.status.containerID === '') return undefined;
    const { Id, State, Config } = await this.dockerd.docker.getContainer(claim.status.containerID).inspect();
    return { Id, Running: State.Running, Cmd: Config.Cmd };
  }

  async running(): Promise<readonly string[]> {
    return (await this.dockerd.docker.listContainers()).map(({ Id }) => Id).sort();
  }

  /** Power off: agent, daemon and containers are gone at once, and nothing is said. */
  async die(): Promise<void> {
    await this.agent.kill();
    await this.dockerd.stop();
  }
}

const kinds = async (account: GpuAccount, id: string): Promise<string> =>
  (await account.history(id)).map(({ kind }) => kind).join(' ');

void t.test(
  'a claim survives its whole life: no node, a node, a quota, a release, a dead node, another node, and server kills in between',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    t.comment(
      'no GPU here: nvidia-smi is a script, and a proxy before dockerd writes the device requests down and takes them away',
    );
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '5', MUSTER_ADMIN_PASSWORD: PASSWORD },
    });
    const { api } = server;
    const [ann, bob, carol] = await Promise.all(
      (['Ann', 'Bob', 'Carol'] as const).map((name) => GpuAccount.register(api, name, PASSWORD, SHELL)),
    );
    if (ann === undefined || bob === undefined || carol === undefined) throw new Error('unreachable');
    const admin = await GpuAccount.logIn(api, 'admin', PASSWORD, SHELL);

    // A claim while no node is there is kept and says why it waits, also after a kill -9.
    const claimed = await ann.claim(1);
    t.match(claimed, {
      id: /^claim-[0-9a-f-]{36}$/,
      user_id: Number,
      spec: { image: SHELL, resources: { gpuCount: 1 } },
      status: { phase: 'Pending', nodeName: '', containerID: '', reason: '' },
    });
    await ann.is(claimed.id, { phase: 'Pending', reason: 'NoNodeOnline' });
    await server.restart();
    await ann.is(claimed.id, { phase: 'Pending', reason: 'NoNodeOnline' });

    // A node comes, and the claim runs on it with a device and a terminal of its own.
    const first = await Machine.start(t, server, folder, 'gpu-node-01');
    const begun = await ann.is(claimed.id, { phase: 'Running', nodeName: 'gpu-node-01', reason: '' });
    const shell = await first.container(begun);
    t.match(
      shell,
      { Id: begun.status.containerID, Running: true, Cmd: ['sh'] },
      "the id that is shown is Docker's, and its shell stays",
    );
    t.match(first.requests.asked, [
      {
        image: SHELL,
        devices: [{ DeviceIDs: ['GPU-00000000'], Capabilities: [['gpu']] }],
        tty: true,
        openStdin: true,
      },
    ]);
    t.ok(first.requests.asked[0]?.env.includes('NVIDIA_VISIBLE_DEVICES=GPU-00000000'));
    const status = await api.get<{ node_id: string; gpus: unknown[] }>(`/api/nodes/${first.id}/status`, {
      headers: ann.headers,
    });
    t.match(status, { status: 200, body: { node_id: first.id, gpus: { length: 4 } } });

    // The quota is 2: of ten at once one more is taken.
    const race = await Promise.all(Array.from({ length: 10 }, () => ann.tryToClaim(1)));
    t.same(
      race.map((answer) => answer.status).sort(),
      [202, ...Array<number>(9).fill(403)],
      'the quota holds under a race of ten',
    );
    for (const { status, body } of race) if (status === 403) t.same(Object.keys(body), ['error']);
    const second = race.find((answer) => answer.status === 202)?.body.id ?? '';
    await ann.is(second, { phase: 'Running' });
    const bobs = (await bob.claim(2)).id;
    await bob.is(bobs, { phase: 'Running', nodeName: 'gpu-node-01' });
    t.same(
      first.requests.asked.flatMap(({ devices }) => devices?.[0]?.DeviceIDs ?? []).sort(),
      ALL_GPUS,
      'each device was given once',
    );

    // What there is not has its reason, and others see nothing of it.
    const carols = (await carol.claim(1)).id;
    await carol.is(carols, { phase: 'Pending', reason: 'WaitingForGpu' });
    const huge = (await admin.claim(5)).id;
    await admin.is(huge, { phase: 'Pending', reason: 'ExceedsClusterMax' });
    t.match(await admin.release(huge), { status: { phase: 'Released' } });
    t.equal((await api.get(`/api/gpu-claims/${carols}`, { headers: bob.headers })).status, 404);
    t.equal((await api.delete(`/api/gpu-claims/${carols}`, { headers: bob.headers })).status, 404);
    t.same(
      (await bob.list()).map(({ id }) => id),
      [bobs],
    );
    t.same(await api.jobs(), [], 'the cluster surface shows none of their jobs');

    // Released: the container ends, the device goes to who waits, the quota is free at once.
    t.match(await ann.release(second), { id: second, status: { phase: 'Released' } });
    t.match((await ann.tryToClaim(2)).status, 403);
    const again = (await ann.claim(1)).id;
    t.match(await ann.release(again), { status: { phase: 'Released' } }, 'one that waits is released too');
    await carol.is(carols, { phase: 'Running', nodeName: 'gpu-node-01' });
    t.same(
      first.requests.asked.at(-1)?.devices?.[0]?.DeviceIDs,
      first.requests.asked[1]?.devices?.[0]?.DeviceIDs,
      'with the device that was given back',
    );
    await eventually(async () => (await first.running()).length === 3, {
      what: 'the end of the released container',
    });
    await server.restart();
    t.match(
      (await ann.get(claimed.id)).status,
      { phase: 'Running', containerID: begun.status.containerID },
      'a kill -9 of the server is nothing to a container',
    );

    // The node dies: the claims say why. Meanwhile the server is killed. Another node comes and takes them all.
    await first.die();
    await ann.is(claimed.id, { phase: 'Pending', reason: 'NoNodeOnline' });
    t.match(
      (await ann.history(claimed.id)).map(({ message }) => message).join('\n'),
      /NodeLost\)?: gpu-node-01/,
    );
    await server.restart();
    const other = await Machine.start(t, server, folder, 'gpu-node-02');
    const held = [
      [ann, claimed.id],
      [bob, bobs],
      [carol, carols],
    ] as const;
    const moved = await Promise.all(
      held.map(
        async ([account, id]) =>
          await account.is(id, { phase: 'Running', nodeName: 'gpu-node-02', reason: 'NodeLost' }),
      ),
    );
    t.same(
      moved.map((claim) => claim.status.containerID).sort(),
      await other.running(),
      'each in a container of its own',
    );
    t.same(other.requests.asked.flatMap(({ devices }) => devices?.[0]?.DeviceIDs ?? []).sort(), [
      'GPU-00000000',
      'GPU-00000001',
      'GPU-00000002',
      'GPU-00000003',
    ]);
    t.match(
      await kinds(ann, claimed.id),
      /^claimed queued (waiting )+placed started gone (waiting )*placed started$/,
      'its history tells all of it, each once',
    );

    // What ends by itself gives back; what cannot be had says so.
    await carol.release(carols);
    const brief = (await carol.claim(1, 'brief:test')).id;
    t.match((await carol.is(brief, { phase: 'Succeeded' })).status, {
      reason: 'ContainerExited',
      nodeName: 'gpu-node-02',
    });
    const absent = (await carol.claim(1, 'localhost:1/no/such:image')).id;
    t.match((await carol.is(absent, { phase: 'Failed' })).status, { reason: 'ImagePullFailed' });

    // A claim says what its container runs. What that writes is read from its node; its environment is in the container and nowhere else in the clear.
    const spec = {
      image: SHELL,
      resources: { gpuCount: 1 },
      command: 'sh -c',
      args: ['echo first; echo "the secret has ${#SECRET} letters"; read end'],
      env: { SECRET },
    };
    const program = await api.post<ClaimView>('/api/gpu-claims', { spec }, { headers: carol.headers });
    t.match(program, { status: 202, body: { spec } });
    const log = `/api/gpu-claims/${program.body.id}/logs`;
    await carol.is(program.body.id, { phase: 'Running' });
    const letters = `the secret has ${SECRET.length} letters`;
    await eventually(
      async () =>
        (await api.get(log, { headers: carol.headers })).text.replaceAll('\r', '') === `first\n${letters}\n`,
      {
        what: 'the log of the container',
      },
    );
    t.equal((await api.get(`${log}?tail=1`, { headers: admin.headers })).text.trim(), letters);
    t.equal((await api.get(log, { headers: bob.headers })).status, 404);
    await carol.release(program.body.id);

    for (const [account, id] of held.slice(0, 2)) await account.release(id);
    await eventually(async () => (await other.running()).length === 0, {
      timeout: 30_000,
      what: 'the end of every container',
    });
    t.same(
      (await admin.list()).map((claim) => claim.status.phase).filter((phase) => phase !== 'Released'),
      ['Succeeded', 'Failed'],
    );

    await invariantsHold(t, server);
    await nothingInTheClear(t, server, [PASSWORD, SECRET, '$argon2', ann.token, admin.token]);
  },
);

/** No secret stands in a file of the server, nor in an event of a store that is elsewhere. */
async function nothingInTheClear(t: Test, server: Server, secrets: readonly string[]): Promise<void> {
  const events = (await readRecorded(server)).map(({ data, metadata }) => `${data}${metadata}`).join('\n');
  await server.stop();
  const files = readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(server.dataDir, name))
    .filter((file) => statSync(file).isFile());
  for (const secret of secrets) {
    t.notOk(events.includes(secret), `${secret.slice(0, 7)} in an event`);
    for (const file of files)
      t.notOk(readFileSync(file).includes(secret), `${secret.slice(0, 7)} in ${file}`);
  }
}
