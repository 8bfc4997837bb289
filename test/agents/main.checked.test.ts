import { readdirSync, readFileSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';
import { ownFolder } from '../fixtures/folder.js';
import { isAlive } from '../fixtures/jobs.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { call, order, spawnAgent, startPair } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(120_000 * PATIENCE);

const server = (port: number, flag: string): string => {
  const script = `require('http').createServer((q, r) => { r.statusCode = require('fs').existsSync(${JSON.stringify(flag)}) ? 200 : 503; r.end(); }).listen(${port}, '127.0.0.1')`;
  return `exec ${process.execPath} -e ${JSON.stringify(script)}`;
};
const flagOf = (t: Test): string => path.join(ownFolder(t), 'ready');
const quick = { interval_seconds: 0.2, timeout_seconds: 5, grace_seconds: 0 };

void t.test('reports a task as healthy once all checks succeed', async (t) => {
  const { peer, agent } = await startPair(t);
  const [port, flag] = [await freePort(), flagOf(t)];
  const subject = order({
    command: server(port, flag),
    kill_timeout: 1,
    checks: [
      { type: 'tcp', port, interval_seconds: 0.2, grace_seconds: 60 },
      { type: 'http', port, path: '/ready', interval_seconds: 0.2, grace_seconds: 60 },
    ],
  });
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  const running = await peer.reported(subject.allocation_id, 'running');
  t.match(running.tasks['main'], { checked: true, prepared_time: Number });
  t.notOk('healthy' in (running.tasks['main'] ?? {}), 'the health of the task is not decided yet');
  await writeFile(flag, '');
  await until(() => peer.reports.get(subject.allocation_id)?.tasks['main']?.healthy === true);
  t.match(peer.reports.get(subject.allocation_id)?.tasks['main'], {
    health_message: `http ${port}/ready: answered 200`,
    health_time: Number,
  });
});

void t.test(
  "stops a task whose check fails too often, and reports it as failed with the check's result",
  async (t) => {
    const { peer, agent } = await startPair(t);
    const [port, flag] = [await freePort(), flagOf(t)];
    const subject = order(
      {
        command: server(port, flag),
        kill_timeout: 1,
        checks: [{ type: 'http', port, ...quick, grace_seconds: 3 * PATIENCE, failures: 2 }],
      },
      { command: 'sleep 1000' },
    );
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    const failed = await peer.reported(subject.allocation_id, 'failed');
    const message = `check http ${port}/ failed 2 times in a row: answered 503`;
    t.match(failed, {
      message: `task main: ${message}`,
      tasks: { main: { status: 'failed', message, healthy: false }, side1: { status: 'stopped' } },
    });
  },
);

void t.test("runs a check's program with the environment, user and directory of the task", async (t) => {
  const { peer, agent } = await startPair(t);
  const folder = ownFolder(t);
  const program = `printf '%s %s %s' "$GREETING" "$(id -u)" "$PWD" >${folder}/said; test "$GREETING" = 'hello you'`;
  const user = process.getuid?.() === 0 ? { user: '65534' } : {};
  const subject = order({
    command: 'sleep 1000',
    env: { GREETING: 'hello you' },
    work_dir: '/tmp',
    kill_timeout: 0,
    ...user,
    checks: [{ type: 'exec', command: ['/bin/sh', '-c', program], ...quick }],
  });
  await chmod(folder, 0o777);
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  await until(() => peer.reports.get(subject.allocation_id)?.tasks['main']?.healthy === true);
  t.equal(
    await readFile(path.join(folder, 'said'), 'utf8'),
    `hello you ${user.user ?? process.getuid?.()} /tmp`,
  );
});

void t.test('kills a hanging check program with all its children', async (t) => {
  const { peer, agent } = await startPair(t);
  const pidFile = path.join(ownFolder(t), 'pids');
  const subject = order({
    command: 'sleep 1000',
    kill_timeout: 0,
    checks: [
      {
        type: 'exec',
        command: ['/bin/sh', '-c', `sleep 1234 & echo $! >${pidFile}; wait`],
        ...quick,
        timeout_seconds: 3,
        failures: 1,
      },
    ],
  });
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  t.match(await peer.reported(subject.allocation_id, 'failed'), {
    tasks: { main: { message: 'check exec /bin/sh failed once: no answer within 3 s' } },
  });
  const pid = Number(await readFile(pidFile, 'utf8'));
  await until(() => !isAlive(pid));
});

void t.test('continues to check adopted tasks', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const [port, flag] = [await freePort(), flagOf(t)];
  await writeFile(flag, '');
  const first = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const subject = order({
    command: server(port, flag),
    kill_timeout: 1,
    checks: [{ type: 'http', port, interval_seconds: 0.2, grace_seconds: 5 * PATIENCE, failures: 2 }],
  });
  peer.want(subject);
  await call('POST', `${first.url}/allocations`, subject);
  const health = () => peer.reports.get(subject.allocation_id)?.tasks['main'];
  await until(() => health()?.healthy === true);
  const since = health()?.health_time;
  await first.kill('SIGKILL');
  peer.reports.delete(subject.allocation_id);
  await spawnAgent(t, { dataDir, serverUrl: peer.url });
  await peer.reported(subject.allocation_id, 'running');
  t.match(health(), { healthy: true, health_time: since }, 'the next agent retains the health of the task');
  await rm(flag);
  t.match(await peer.reported(subject.allocation_id, 'failed'), {
    tasks: { main: { message: `check http ${port}/ failed 2 times in a row: answered 503` } },
  });
});

void t.test(
  "a tenant's checks that hang do not delay those of others",
  { skip: canBeOthers() ? false : 'needs root' },
  async (t) => {
    const { peer, dataDir } = await startPair(t, { taskUids: { first: 330_000, last: 339_999 } });
    await chmod(dataDir, 0o711);
    const place = async (tenant: string, command: string[], count: number): Promise<string> => {
      const checks = Array.from({ length: count }, (_, index) => ({
        ...{ name: `c${index}`, type: 'exec' as const, command, interval_seconds: 0.2, timeout_seconds: 300 },
        ...{ grace_seconds: 0, failures: 0 },
      }));
      const plain = order({ command: 'sleep 1000' });
      const task = { name: 'main', driver: 'exec', config: { command: 'sleep 1000', tenant }, checks };
      peer.want({ ...plain, task_group: { ...plain.task_group, tasks: [task] } });
      await peer.reported(plain.allocation_id, 'running');
      return plain.allocation_id;
    };
    const seconds = String(100_000 + process.pid);
    const hanging = (): number =>
      readdirSync('/proc').filter((id) => /^\d+$/.test(id) && wordsOf(id) === `sleep\0${seconds}\0`).length;
    await place('Mallory', ['sleep', seconds], 16);
    await until(() => hanging() >= 4);
    const other = await place('Bob', ['true'], 1);
    await until(() => peer.reports.get(other)?.tasks['main']?.healthy === true);
    t.equal(hanging(), 4, 'the others of its 16 wait');
  },
);

function wordsOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return undefined;
  }
}
