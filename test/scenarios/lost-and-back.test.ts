import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { daemonName } from '#agents/drivers/docker/container-request.js';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const WRITES_FOR_SECONDS = 3;

/** A script that writes its allocation's id every 50 ms, and for three more seconds after SIGTERM. */
const writer = (file: string): string =>
  [
    `write() { echo $MUSTER_ALLOC_ID >> ${file}; sleep 0.05; }`,
    `trap 'end=$(($(date +%s) + ${WRITES_FOR_SECONDS})); while [ $(date +%s) -le $end ]; do write; done; exit 0' TERM`,
    'while :; do write; done',
  ].join('\n');

/** A task that needs exclusive use of something on its node, and the lines that it wrote. */
interface Subject {
  readonly task: object;
  readonly lines: () => string[];
  readonly agentEnv: Record<string, string>;
}

async function inContainer(t: Test): Promise<Subject | undefined> {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return undefined;
  const engine: Dockerd = await startDockerd({ bridge: false });
  t.teardown(() => engine.stop());
  await engine.importImage('writer:1');
  const { DockerRootDir } = (await engine.docker.info()) as { DockerRootDir: string };
  const file = join(DockerRootDir, 'volumes', daemonName('orders'), '_data', 'lines');
  return {
    task: {
      config: { image: 'writer:1', command: 'sh' },
      args: ['-c', writer('/data/lines')],
      volumes: [{ name: 'orders', path: '/data' }],
    },
    lines: () => linesOf(file),
    agentEnv: { DOCKER_HOST: engine.host },
  };
}

function asProcess(t: Test): Promise<Subject> {
  const file = join(ownFolder(t), 'lines');
  return Promise.resolve({
    task: { config: { command: writer(file), port: 39_872 } },
    lines: () => linesOf(file),
    agentEnv: {},
  });
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** Collapses consecutive lines of the same writer. A writer that wrote again after another one appears twice. */
function turns(lines: readonly string[]): string[] {
  return lines.filter((id, index) => id !== lines[index - 1]);
}

for (const [what, prepare] of [
  ['a container with a volume', inContainer],
  ['a process with a host port', asProcess],
] as const)
  void t.test(
    `${what} and its successor on the same node never write at the same time, even after a network partition`,
    async (t) => {
      const subject = await prepare(t);
      if (subject === undefined) return;
      const folder = ownFolder(t);
      const server = await startServer(t, {
        dataDir: join(folder, 'server'),
        env: { MUSTER_NODE_TIMEOUT_SECONDS: '5' },
      });
      const agent = await startAgent(t, server, { dataDir: join(folder, 'agent'), env: subject.agentEnv });
      const task = { name: 'main', resources: { cpu: 100, memory: 32 }, kill_timeout: 30, ...subject.task };
      await server.api.submit({
        job_id: 'job',
        task_groups: [{ name: 'main', tasks: [task] }],
        constraints: {},
      });
      const [first] = (await server.api.jobIs('job', 'running', 60_000)).allocations;
      await eventually(() => subject.lines().length > 0, { what: 'the first line' });

      // A stopped agent looks like a network failure to the server, and its task continues to write.
      process.kill(agent.program.pid, 'SIGSTOP');
      await eventually(async () => (await server.api.job('job')).allocations[0]?.status === 'lost', {
        timeout: 30_000,
        what: 'the loss of the allocation',
      });
      const before = subject.lines().length;
      await eventually(() => subject.lines().length > before + 5, { what: 'more lines of the lost task' });
      process.kill(agent.program.pid, 'SIGCONT');

      await eventually(
        async () =>
          JSON.stringify((await server.api.job('job')).blocked ?? null).includes('lost allocations'),
        {
          timeout: 30_000,
          what: 'the reason why its successor waits',
        },
      );
      await eventually(() => turns(subject.lines()).length > 1, {
        timeout: 60_000,
        what: 'the first line of the successor',
      });
      const written = subject.lines().length;
      await eventually(() => subject.lines().length > written + 10, { what: 'more lines of the successor' });
      const ran = (await server.api.jobIs('job', 'running')).allocations.map(({ allocation_id: id }) => id);
      t.equal(turns(subject.lines()).length, 2, 'each task stopped writing before the other one started', {
        turns: turns(subject.lines()),
      });
      t.equal(turns(subject.lines())[0], first?.allocation_id);
      t.ok(ran.includes(turns(subject.lines())[1] ?? ''));
      await invariantsHold(t, server);
    },
  );
