import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { freePort } from '../../fixtures/free-port.js';
import { Program, runToEnd } from '../../fixtures/program.js';
import { OwnScope, type Scope } from '../../fixtures/scope.js';

/** Source folder of the programs that drive the queues: they are plain JavaScript and not compiled. */
const HERE = resolve(import.meta.dirname, '../../../../test/bench/peers');
const POSTGRESQL = '/usr/lib/postgresql/15/bin';
const REDIS = '/usr/bin/redis-server';

/** Figures of a queue with empty jobs, each durable before its sender gets a response. Times in milliseconds. */
export interface PeerFigures {
  /** Measured until the last job is done. */
  readonly jobsPerSecond: number;
  readonly sentPerSecond: number;
  readonly answerP99: number;
  /** Time from due to begun. */
  readonly dueP50: number;
  readonly dueP99: number;
}

export type Peers = Readonly<Record<'pg-boss' | 'BullMQ', PeerFigures>>;

/** Names the prerequisite that this machine lacks. Undefined: none. */
export function peersMissing(): string | undefined {
  if (!existsSync(join(POSTGRESQL, 'initdb'))) return 'PostgreSQL 15 (Debian package postgresql)';
  if (!existsSync(REDIS)) return 'Redis (Debian package redis-server)';
  return undefined;
}

let measured: Promise<Peers> | undefined;

/** Measures both queues, once per process: 64 senders, a worker in a process of its own, the store in another. */
export function peers(quick: boolean): Promise<Peers> {
  return (measured ??= measure({ clients: 64, jobs: quick ? 500 : 20_000, due: quick ? 5 : 100 }));
}

async function measure(sizes: {
  readonly clients: number;
  readonly jobs: number;
  readonly due: number;
}): Promise<Peers> {
  // Not `npm ci`: it requires the builds for other machines in the lock file, and a registry may lack them.
  if (!existsSync(join(HERE, 'node_modules')))
    execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: HERE,
    });
  const pgBoss = await inScope(async (scope) =>
    drive('pg-boss.js', { url: await postgresql(scope), ...sizes }),
  );
  const bullMq = await inScope(async (scope) => drive('bullmq.js', { port: await redis(scope), ...sizes }));
  return { 'pg-boss': pgBoss, BullMQ: bullMq };
}

async function inScope<Result>(work: (scope: Scope) => Promise<Result>): Promise<Result> {
  const scope = new OwnScope();
  try {
    return await work(scope);
  } finally {
    await scope.end();
  }
}

async function drive(program: string, settings: object): Promise<PeerFigures> {
  const { code, stdout, stderr } = await runToEnd({
    command: process.execPath,
    args: [join(HERE, program), JSON.stringify(settings)],
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as PeerFigures;
}

/** Starts PostgreSQL with its default settings: fsync before a commit is acknowledged. Returns its URL. */
async function postgresql(scope: Scope): Promise<string> {
  const folder = ownFolder(scope);
  const data = join(folder, 'data');
  // PostgreSQL refuses to run as root.
  const root = process.getuid?.() === 0;
  if (root) execFileSync('chown', ['postgres:postgres', folder]);
  const [command = '', ...before] = root
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
    : ['env'];
  execFileSync(
    command,
    [...before, join(POSTGRESQL, 'initdb'), '-A', 'trust', '-U', 'postgres', '-D', data],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const listens = ['-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'];
  await started(
    scope,
    Program.start({ command, args: [...before, join(POSTGRESQL, 'postgres'), '-D', data, ...listens] }),
    'ready to accept connections',
  );
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** Starts a Redis that has every write on the disk before it responds. Returns its port. */
async function redis(scope: Scope): Promise<number> {
  const port = await freePort();
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', ownFolder(scope), ...durable];
  await started(scope, Program.start({ command: REDIS, args }), 'Ready to accept connections');
  return port;
}

async function started(scope: Scope, server: Program, words: string): Promise<void> {
  scope.teardown(() => server.end('SIGKILL'));
  await eventually(() => server.said(words) || server.status !== undefined, {
    timeout: 60_000,
    interval: 20,
    what: `"${words}"`,
  });
  if (server.status !== undefined) throw new Error(`it ended: ${server.tail()}`);
}
