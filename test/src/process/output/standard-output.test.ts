import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { MUSTER } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';
import type { Scope } from '../../../fixtures/scope.js';

t.setTimeout(600_000);

/** Starts a program whose standard output and standard error both go to the file. */
function begin(t: Scope, args: readonly string[], env: Record<string, string>, output: string): ChildProcess {
  const descriptor = openSync(output, constants.O_WRONLY | constants.O_APPEND);
  const child = spawn(process.execPath, [MUSTER, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  t.teardown(() => void child.kill('SIGKILL'));
  return child;
}

async function ends(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return await ended;
}

/** A full pipe whose reading end stays open until `closeReader`. */
function fullPipe(t: Scope): { readonly path: string; readonly closeReader: () => void } {
  const path = join(ownFolder(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  spawnSync('dd', [`of=${path}`, 'if=/dev/zero', 'bs=4096', 'count=64', 'oflag=nonblock'], {
    stdio: 'ignore',
  });
  return { path, closeReader: () => closeSync(reader) };
}

async function serves(url: string, what: string): Promise<string> {
  return await eventually(
    async () => {
      const answer = await fetch(url).catch(() => undefined);
      return answer?.ok === true ? await answer.text() : undefined;
    },
    { timeout: 120_000, what },
  );
}

const server = async (t: Scope, dataDir = join(ownFolder(t), 'server')) => {
  const port = await freePort();
  const env = {
    MUSTER_PORT: String(port),
    MUSTER_DATA_DIR: dataDir,
    MUSTER_EMBEDDED_AGENT: 'true',
    MUSTER_LOG_LEVEL: 'debug',
  };
  return { env, url: `http://127.0.0.1:${port}` };
};

void t.test(
  'responds while its output is not read, counts dropped lines, and exits on SIGTERM',
  async (t) => {
    const { env, url } = await server(t);
    const pipe = fullPipe(t);
    t.teardown(pipe.closeReader);
    const child = begin(t, ['server'], env, pipe.path);
    await serves(`${url}/readyz`, 'a server that is ready');
    for (let count = 0; count < 50; count += 1) await fetch(`${url}/nodes`);
    t.match(
      await serves(`${url}/metrics`, 'metrics'),
      /^muster_log_lines_dropped_total\{stream="stdout"\} \d+$/m,
    );
    t.equal(await ends(child), 0);
  },
);

void t.test(
  'responds after the reader of its output has gone, counts dropped lines, and exits on SIGTERM',
  async (t) => {
    const { env, url } = await server(t);
    const pipe = fullPipe(t);
    const child = begin(t, ['server'], env, pipe.path);
    await serves(`${url}/readyz`, 'a server that is ready');
    pipe.closeReader();
    await eventually(
      async () => {
        await fetch(`${url}/nothing`);
        return /^muster_log_lines_dropped_total\{stream="stdout"\} [1-9]/m.test(
          await serves(`${url}/metrics`, 'metrics'),
        );
      },
      { timeout: 30_000, what: 'dropped lines in the metrics' },
    );
    t.equal(await ends(child), 0);
  },
);

void t.test('responds while its output is on a full disk, and reports dropped lines later', async (t) => {
  const disk = join(ownFolder(t), 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status === 0;
  if (!required(t, mounted, 'the right to mount a tmpfs')) return;
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  const log = join(disk, 'log');
  writeFileSync(log, '');
  spawnSync('dd', [`of=${join(disk, 'filler')}`, 'if=/dev/zero', 'bs=4096', 'count=64'], {
    stdio: 'ignore',
  });
  const { env, url } = await server(t);
  const child = begin(t, ['server'], env, log);
  await serves(`${url}/readyz`, 'a server that is ready');
  rmSync(join(disk, 'filler'));
  const lines = await eventually(
    () => readFileSync(log, 'utf8').match(/"code":"log-lines-dropped","lines":(\d+)/)?.[1],
    {
      timeout: 30_000,
      what: 'the notice',
    },
  );
  t.ok(Number(lines) > 0, `${lines} lines were dropped`);
  t.equal(await ends(child), 0);
});

void t.test('a separate agent and event store exit on SIGTERM while their output is not read', async (t) => {
  const { url } = await server(t);
  // `made`: file that exists once the program handles signals.
  const programs = [
    { args: ['eventstore', '--listen', '127.0.0.1:0'], made: 'events.db', env: {} },
    {
      args: ['agent'],
      made: 'agent/pid',
      env: { MUSTER_SERVER_URL: url, MUSTER_AGENT_PORT: String(await freePort()), MUSTER_LOG_LEVEL: 'debug' },
    },
  ];
  for (const { args, env, made } of programs)
    for (const reader of ['does not read', 'is gone']) {
      const dataDir = join(ownFolder(t), 'data');
      const pipe = fullPipe(t);
      const child = begin(t, args, { ...env, MUSTER_DATA_DIR: dataDir }, pipe.path);
      if (reader === 'is gone') pipe.closeReader();
      else t.teardown(pipe.closeReader);
      await eventually(() => existsSync(join(dataDir, made)), {
        timeout: 60_000,
        what: `a running ${args[0]}`,
      });
      t.equal(await ends(child), 0, `${args[0]} exits if the reader of its output ${reader}`);
    }
});
