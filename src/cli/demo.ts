import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#agents/clock/system-clock.js';
import { PACKAGE_FOLDER } from '#src/engine/installed.js';
import { bodyOf, openApi, textOf, type Api, type Cluster } from './client.js';
import { eventCells, type ShownEvent } from './event-line.js';
import { Failure } from './failure.js';
import { getJob } from './found.js';
import { printable } from './output.js';
import { eventsOfServer } from './server-events.js';
import { readStructured } from './structured-file.js';

type Job = Cluster['Job'];
type Node = Cluster['Node'];

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const PATIENCE_MS = 60_000;
const ENDED = new Set(['complete', 'failed', 'dead']);

const EXEC_JOB = 'examples/hello.json';
const DOCKER_JOB = 'examples/hello-docker.json';

/**
 * Starts a server of its own on a temporary data directory, runs the jobs, and shows all that happens. Without files: a
 * job of a process, and one of a container where Docker is there.
 */
export async function demo(files: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const server = spawn(process.execPath, [MAIN, 'server'], {
    env: { ...process.env, MUSTER_DATA_DIR: directory, MUSTER_PORT: '0', MUSTER_HOST: '127.0.0.1', MUSTER_LOG_LEVEL: 'info', MUSTER_EMBEDDED_AGENT: 'true' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const address = await listening(server);
    const api = openApi(address, undefined);
    say(`The server listens on ${address}, its documentation is at ${address}/docs`);
    await until(async () => await isReady(address), 'the server did not become ready');
    const node = await nodeReady(api);
    if (files.length > 0) for (const file of files) await show(api, file, file);
    else for (const name of jobsFor(node)) await show(api, name, join(PACKAGE_FOLDER, name));
  } finally {
    await stop(server);
    await rm(directory, { recursive: true, force: true });
  }
}

function jobsFor(node: Node): string[] {
  if (node.drivers?.includes('docker') === true) return [EXEC_JOB, DOCKER_JOB];
  say(`SKIPPED: ${DOCKER_JOB}, for the agent reaches no Docker engine (DOCKER_HOST, else /var/run/docker.sock)`);
  return [EXEC_JOB];
}

/** One job from its submission to the events that it left. */
async function show(api: Api, name: string, path: string): Promise<void> {
  const body = await bodyOf(api.POST('/jobs', { body: (await readStructured(path)) as Cluster['JobSubmission'] }));
  say(`\nSubmitted ${name} as job ${body.job_id}, evaluation ${body.evaluation_id}`);
  const ended = await follow(api, body.job_id);
  await showLogs(api, ended);
  await showEvents(api, body.job_id);
  if (ended.status !== 'complete') throw new Failure(`the job ended ${ended.status}`);
}

/** The address, from the server's log line that says so. */
async function listening(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Failure('the server has no output');
  const lines = createInterface({ input: server.stdout });
  return await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Failure(`the server ended with ${code}`)));
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
  say(`The local agent has joined as node ${node.node_id}, with the drivers ${(node.drivers ?? []).join(' and ')}`);
  return node;
}

/** Prints each state that it sees, until the job has ended. */
async function follow(api: Api, id: string): Promise<Job> {
  let shown = '';
  return await until(async () => {
    const job = await getJob(api, id);
    const states = [
      `job ${job.status}`,
      ...job.allocations.map((allocation) => `allocation ${allocation.allocation_id.slice(0, 8)} ${allocation.status}`),
    ].join(', ');
    if (states !== shown) say(`  ${states}`);
    shown = states;
    return ENDED.has(job.status) ? job : undefined;
  }, 'the job did not end');
}

async function showLogs(api: Api, job: Job): Promise<void> {
  for (const allocation of job.allocations) {
    for (const task of Object.keys(allocation.tasks ?? {})) {
      say(`\nLog of ${job.job_id}/${allocation.task_group}/${task}:`);
      const path = { job_id: job.job_id, allocation_id: allocation.allocation_id };
      const answer = api.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', { params: { path, query: { task } }, parseAs: 'stream' });
      let log = '';
      for await (const text of textOf(answer)) log += text;
      for (const line of log.trimEnd().split('\n')) say(`  | ${printable(line)}`);
    }
  }
}

/** Its events, once the scheduler's last word is among them: that comes a moment after the agent's. */
async function showEvents(api: Api, id: string): Promise<void> {
  const events = await until(async () => {
    const found = await eventsOf(api, id);
    return found.some((event) => event.type === 'JobFinished') ? found : undefined;
  }, 'the scheduler did not see the job end');
  say('\nThe events that it left:');
  for (const event of events) say(`  ${eventCells(event).join('  ')}`);
}

async function eventsOf(api: Api, job: string): Promise<ShownEvent[]> {
  const found: ShownEvent[] = [];
  for await (const event of eventsOfServer(api, { job, follow: false }, new AbortController().signal)) found.push(event);
  return found;
}

async function until<T>(ask: () => Promise<T | undefined>, problem: string): Promise<T> {
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (systemClock.monotonic() > deadline) throw new Failure(problem);
    await systemClock.sleep(20);
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
