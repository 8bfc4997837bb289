import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PACKAGE_FOLDER } from '#src/engine/installed.js';
import { readText } from '../files/read-text.js';
import { parseStructured } from '../files/structured-text.js';
import { bodyOf, openApi, type Api, type Cluster, type Tasks } from '../shared/client.js';
import { showJob } from './demo/job.js';
import { say, until } from './demo/steps.js';
import { showTask } from './demo/task.js';
import { Failure } from '../shared/failure.js';

type Node = Cluster['Node'];

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

const EXAMPLES = ['examples/hello.json', 'examples/tick.yaml'];
const DOCKER_JOB = 'examples/hello-docker.json';

const ADMINISTRATOR = 'admin';

/**
 * Starts a separate server on a temporary data directory, runs jobs and scheduled tasks, and shows what happens. If no files are specified, it runs
 * the examples, including the container example if Docker is available.
 */
export async function demo(files: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const password = randomBytes(16).toString('hex');
  const server = spawn(process.execPath, [MAIN, 'server'], {
    env: {
      ...process.env,
      ...settings(directory),
      MUSTER_ADMIN_USERNAME: ADMINISTRATOR,
      MUSTER_ADMIN_PASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const address = await listening(server);
    say(`The server is listening on ${address}. Its documentation is at ${address}/docs`);
    await until(async () => await isReady(address), 'the server did not become ready');
    const api = openApi(address, await logIn(address, password));
    const node = await nodeReady(api);
    if (files.length > 0) for (const file of files) await show(api, file, file);
    else for (const name of examplesFor(node)) await show(api, name, join(PACKAGE_FOLDER, name));
  } finally {
    await stop(server);
    await rm(directory, { recursive: true, force: true });
  }
}

/** The demo's user also provides its tasks, so they may run as the server's user if it is not root, and share `/tmp` if it is root in a container. */
function settings(directory: string): Record<string, string> {
  return {
    MUSTER_DATA_DIR: directory,
    MUSTER_PORT: '0',
    MUSTER_HOST: '127.0.0.1',
    MUSTER_LOG_LEVEL: 'info',
    MUSTER_EMBEDDED_AGENT: 'true',
    MUSTER_LOCAL_ACCESS: 'token',
    MUSTER_TENANTS_SHARE_AGENT_USER: 'true',
    MUSTER_TENANTS_SHARE_TMP: 'true',
  };
}

async function logIn(address: string, password: string): Promise<string> {
  const { token } = await bodyOf(
    openApi(address, undefined).POST('/api/auth/login', { body: { username: ADMINISTRATOR, password } }),
  );
  return token;
}

function examplesFor(node: Node): string[] {
  if (node.drivers?.includes('docker') === true) return [...EXAMPLES, DOCKER_JOB];
  say(
    `SKIPPED: ${DOCKER_JOB} because the agent cannot reach a Docker engine (DOCKER_HOST, else /var/run/docker.sock)`,
  );
  return EXAMPLES;
}

async function show(api: Api, name: string, path: string): Promise<void> {
  const body = parseStructured(await readText(path), path) as object;
  if ('executor' in body) await showTask(api, name, body as Tasks['TaskRequest']);
  else await showJob(api, name, body as Cluster['JobSubmission']);
}

async function listening(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Failure('the server has no output');
  const lines = createInterface({ input: server.stdout });
  return await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Failure(`the server exited with code ${code}`)));
    lines.on('line', (line) => {
      const record = JSON.parse(line) as { code?: string; url?: string };
      if (record.code === 'server-listening' && record.url !== undefined) resolve(record.url);
    });
  });
}

async function isReady(address: string): Promise<true | undefined> {
  const answer = await fetch(`${address}/readyz`).catch(() => undefined);
  return answer?.ok === true ? true : undefined;
}

async function nodeReady(api: Api): Promise<Node> {
  const node = await until(async () => (await bodyOf(api.GET('/nodes'))).nodes[0], 'no node joined');
  say(
    `The local agent has joined as node ${node.node_id}, with the drivers ${(node.drivers ?? []).join(' and ')}`,
  );
  return node;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}
