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
/** An image whose command is a shell, as in CUDA's images. */
const SHELL = 'shell:test';
/** Value of an environment variable of a container. */
const SECRET = 'hf-4f1c-in-nobody-s-log';
/** GPUs that `nvidia-smi` lists on either node. */
const ALL_GPUS = ['GPU-00000000', 'GPU-00000001', 'GPU-00000002', 'GPU-00000003'];

t.setTimeout(600_000);

/** A machine with four GPUs, its own Docker daemon and an agent. */
class Machine {
  private constructor(
    readonly id: string,
    readonly dockerd: Dockerd,
    readonly requests: DeviceRequests,
    readonly agent: AgentProcess,
  ) {}

  /** Registers the hostname first, as the contract requires, and joins with the id from the response. */
  static async start(t: Test, server: Server, folder: string, hostname: string): Promise<Machine> {
    const enrol = async (): Promise<string> => {
      const { status, body } = await server.api.post<{ id: string }>('/api/nodes/register', { hostname });
      t.equal(status, 201);
      return body.id;
    };
    const id = await enrol();
    t.equal(await enrol(), id, 'the same name gets the same id');
    t.notOk(
      (await server.api.nodes()).some(({ node_id }) => node_id === id),
      'an id alone does not make it a node of the cluster',
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

  /** Inspects the container of a claim with Docker itself. */
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

  /** Simulates a power failure: the agent, the daemon and the containers are gone at once, without a message. */
  async die(): Promise<void> {
    await this.agent.kill();
    await this.dockerd.stop();
  }
}

const kinds = async (account: GpuAccount, id: string): Promise<string> =>
  (await account.history(id)).map(({ kind }) => kind).join(' ');

void t.test(
  'a claim waits, runs, moves from a dead node and is released, with kills of the server in between',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    t.comment(
      'no GPU here: nvidia-smi is a script, and a proxy before dockerd records the device requests and removes them',
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

    // A claim without a node remains pending and reports the reason, even after a kill -9.
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

    // A node joins, and the claim runs on it with its own device and terminal.
    const first = await Machine.start(t, server, folder, 'gpu-node-01');
    const begun = await ann.is(claimed.id, { phase: 'Running', nodeName: 'gpu-node-01', reason: '' });
    const shell = await first.container(begun);
    t.match(
      shell,
      { Id: begun.status.containerID, Running: true, Cmd: ['sh'] },
      'the id is the container id of Docker, and the shell keeps running',
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

    // The quota is 2, so of ten concurrent claims only one more is accepted.
    const race = await Promise.all(Array.from({ length: 10 }, () => ann.tryToClaim(1)));
    t.same(
      race.map((answer) => answer.status).sort(),
      [202, ...Array<number>(9).fill(403)],
      'the quota holds for ten concurrent claims',
    );
    for (const { status, body } of race) if (status === 403) t.same(Object.keys(body), ['error']);
    const second = race.find((answer) => answer.status === 202)?.body.id ?? '';
    await ann.is(second, { phase: 'Running' });
    const bobs = (await bob.claim(2)).id;
    await bob.is(bobs, { phase: 'Running', nodeName: 'gpu-node-01' });
    t.same(
      first.requests.asked.flatMap(({ devices }) => devices?.[0]?.DeviceIDs ?? []).sort(),
      ALL_GPUS,
      'each device was assigned once',
    );

    // Claims that cannot be placed give a reason, and other accounts do not see them.
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

    // After a release the container ends, the waiting claim gets the device, and the quota is free at once.
    t.match(await ann.release(second), { id: second, status: { phase: 'Released' } });
    t.match((await ann.tryToClaim(2)).status, 403);
    const again = (await ann.claim(1)).id;
    t.match(await ann.release(again), { status: { phase: 'Released' } }, 'a waiting claim is released too');
    await carol.is(carols, { phase: 'Running', nodeName: 'gpu-node-01' });
    t.same(
      first.requests.asked.at(-1)?.devices?.[0]?.DeviceIDs,
      first.requests.asked[1]?.devices?.[0]?.DeviceIDs,
      'the claim gets the released device',
    );
    await eventually(async () => (await first.running()).length === 3, {
      what: 'the end of the released container',
    });
    await server.restart();
    t.match(
      (await ann.get(claimed.id)).status,
      { phase: 'Running', containerID: begun.status.containerID },
      'a container outlives kill -9 of the server',
    );

    // The node dies, and the claims give the reason. Then the server is killed. Another node joins and gets all claims.
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
      'each claim has a container of its own',
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
      'the history has each step once',
    );

    // A container that exits releases its device. A missing image is reported.
    await carol.release(carols);
    const brief = (await carol.claim(1, 'brief:test')).id;
    t.match((await carol.is(brief, { phase: 'Succeeded' })).status, {
      reason: 'ContainerExited',
      nodeName: 'gpu-node-02',
    });
    const absent = (await carol.claim(1, 'localhost:1/no/such:image')).id;
    t.match((await carol.is(absent, { phase: 'Failed' })).status, { reason: 'ImagePullFailed' });

    // A claim can set the command of its container. Output is read from the node. The environment is in plain text only in the container.
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

/** Asserts that no file of the server and no event contains a secret in plain text. */
async function nothingInTheClear(t: Test, server: Server, secrets: readonly string[]): Promise<void> {
  const events = (await readRecorded(server)).map(({ data, metadata }) => `${data}${metadata}`).join('\n');
  await server.stop();
  const files = readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(server.dataDir, name))
    .filter((file) => statSync(file).isFile());
  for (const secret of secrets) {
    t.notOk(events.includes(secret), `no event contains ${secret.slice(0, 7)}`);
    for (const file of files)
      t.notOk(readFileSync(file).includes(secret), `${file} does not contain ${secret.slice(0, 7)}`);
  }
}
