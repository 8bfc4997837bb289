import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { runAgent, type AgentOptions } from '#agents/main.js';
import type { AllocationOrder, AllocationStatus, ContractTask } from '#domain/protocol/index.js';
import { ownFolder } from '../../fixtures/folder.js';
import { PeerServer } from './peer-server.js';
import { UNSET } from './settings.js';

export type TestOptions = Partial<
  Pick<
    AgentOptions,
    | 'host'
    | 'port'
    | 'requestTimeoutMs'
    | 'joinToken'
    | 'nodeId'
    | 'dockerSocket'
    | 'heartbeatSeconds'
    | 'retention'
    | 'logBounds'
    | 'resources'
    | 'tenantsShareTmp'
    | 'foreignContainers'
    | 'advertisedUrl'
    | 'httpAllow'
    | 'registryAllow'
    | 'documents'
    | 'ownParts'
    | 'taskUids'
    | 'taskDisk'
  >
> & {
  readonly conda?: Partial<AgentOptions['conda']>;
  readonly dataDir: string;
  readonly serverUrl?: string;
  readonly natsUrl?: string;
  readonly drivers?: NonNullable<AgentOptions['drivers']>;
};

/** An agent in its own process, which a test may kill. */
export interface AgentProcess {
  readonly pid: number;
  readonly url: string;
  readonly nodeId: string;
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Completes a test's options. No Docker unless the test specifies a socket. */
export function agentOptions({ conda, ...options }: TestOptions): AgentOptions {
  const loud = process.env.MUSTER_TEST_LOUD === '1';
  const say = (fields: object): void => void process.stderr.write(`${JSON.stringify(fields)}\n`);
  return {
    ...UNSET,
    conda: { ...UNSET.conda, ...conda },
    natsOpen: false,
    allowedHosts: [],
    localAccess: 'same-user',
    requestTimeoutMs: 10_000,
    host: '127.0.0.1',
    port: 0,
    heartbeatSeconds: 1,
    dockerSocket: '/nonexistent/docker.sock',
    log: loud ? { debug: say, info: say, warn: say, error: say } : SILENT,
    clock: systemClock,
    ids: { uuid: () => randomUUID() },
    random: () => 0.5,
    ...options,
  };
}

export async function startAgent(
  t: Test,
  options: TestOptions,
): Promise<{ url: string; nodeId: string; stop(): Promise<{ readonly running: number }> }> {
  const abort = new AbortController();
  const agent = await runAgent(agentOptions(options), abort.signal);
  const stop = async (): Promise<{ readonly running: number }> => {
    abort.abort();
    return agent.finished;
  };
  t.teardown(stop);
  return { url: agent.url, nodeId: agent.nodeId, stop };
}

/** Starts a server, a directory and an agent. */
export async function startPair(t: Test, options: Partial<TestOptions> = {}) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await startAgent(t, { dataDir, serverUrl: peer.url, ...options });
  return { dataDir, peer, agent };
}

/** Starts an agent in its own process, through `through` if set. Resolves when it listens. */
export async function spawnAgent(
  t: Test,
  options: TestOptions,
  environment: Record<string, string> = {},
  through: readonly string[] = [],
): Promise<AgentProcess> {
  const script = fileURLToPath(new URL('./agent-process.js', import.meta.url));
  const [program = process.execPath, ...words] = [
    ...through,
    process.execPath,
    script,
    JSON.stringify(options),
  ];
  const child: ChildProcess = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  const kill = async (signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = signal === 'SIGSTOP' || signal === 'SIGCONT' ? undefined : once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  t.teardown(() => kill('SIGKILL'));
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', (code, signal) => reject(new Error(`the agent ended with ${code ?? signal}`)));
  });
  const { url, nodeId } = JSON.parse(said) as { url: string; nodeId: string };
  return { pid: child.pid ?? 0, url, nodeId, kill };
}

let made = 0;

export function order(
  ...tasks: (Partial<ContractTask> & { command?: string; image?: string })[]
): AllocationOrder {
  const id = randomUUID();
  return {
    allocation_id: id,
    job_id: `job-${(made += 1)}`,
    task_group: {
      name: 'group',
      tasks: tasks.map(({ command, image, config, ...rest }, index) => ({
        name: index === 0 ? 'main' : `side${index}`,
        config: {
          ...(command === undefined ? {} : { command }),
          ...(image === undefined ? {} : { image }),
          ...config,
        },
        ...rest,
      })),
    },
  };
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Parses the response body if it is JSON. */
export async function call<T = Record<string, unknown>>(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: (answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text) as T,
  };
}

export async function statusOf(url: string, id: string): Promise<AllocationStatus> {
  return (await call<AllocationStatus>('GET', `${url}/allocations/${id}`)).body;
}
