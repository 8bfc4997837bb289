import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, type AgentProcess } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

/** Each task writes a line with its pid at its start, which shows what ran and how often. */
function witness(folder: string, rest: string): string {
  return `echo "$$" >> ${folder}/$MUSTER_ALLOC_ID; ${rest}`;
}

async function starts(folder: string, id: string): Promise<string[]> {
  return (await readFile(path.join(folder, id), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '');
}

void t.test('leaves tasks running when killed, and the next agent reports their end', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const long = order({
    command: witness(dataDir, `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 7`),
  });
  const short = order({ command: witness(dataDir, 'sleep 0.3; exit 4') });
  peer.want(long, short);
  for (const each of [long, short]) await call('POST', `${agent.url}/allocations`, each);
  await until(
    async () =>
      (await starts(dataDir, long.allocation_id)).length === 1 &&
      (await starts(dataDir, short.allocation_id)).length === 1,
  );
  await agent.kill('SIGKILL');
  await sleep(500);
  const next = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  t.equal(next.nodeId, agent.nodeId, 'the next agent has the same node id');
  t.match(
    await peer.reported(short.allocation_id, 'failed'),
    { tasks: { main: { exit_code: 4, message: 'exited with code 4' } } },
    'the end of a task while no agent ran is reported',
  );
  const running = await peer.reported(long.allocation_id, 'running');
  await writeFile(path.join(dataDir, 'go'), '');
  const ended = await peer.reported(long.allocation_id, 'failed');
  t.match(
    ended,
    { start_time: running.start_time, tasks: { main: { exit_code: 7 } } },
    'the end of an adopted task is reported',
  );
  t.equal((await starts(dataDir, long.allocation_id)).length, 1);
  t.equal((await starts(dataDir, short.allocation_id)).length, 1);
});

void t.test('the next agent returns the output of a task that ended after the kill', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const { task_group, ...rest } = order({});
  const command = witness(
    dataDir,
    `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; echo out; echo err >&2`,
  );
  const config = { command, give_output: true };
  const subject: AllocationOrder = {
    ...rest,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'exec', config }] },
  };
  const other = order({ command: 'echo unasked' });
  peer.want(subject, other);
  await until(async () => (await starts(dataDir, subject.allocation_id)).length === 1);
  t.notOk(
    'result' in ((await peer.reported(other.allocation_id, 'complete')).tasks['main'] ?? {}),
    'output that was not requested is not reported',
  );
  await agent.kill('SIGKILL');
  await writeFile(path.join(dataDir, 'go'), '');
  await sleep(300);
  await spawnAgent(t, { dataDir, serverUrl: peer.url });
  t.match(await peer.reported(subject.allocation_id, 'complete'), {
    tasks: { main: { result: { stdout: 'out\n', stderr: 'err\n' }, usage: { cpu_seconds: Number } } },
  });
});

void t.test('leaves tasks running when stopped, and the next agent stops them on request', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const subject = order({ command: witness(dataDir, 'exec sleep 1000') });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await agent.kill('SIGTERM');
  await until(async () => (await starts(dataDir, subject.allocation_id)).length === 1);
  const [pid = '0'] = await starts(dataDir, subject.allocation_id);
  t.match(await readFile(`/proc/${pid}/cmdline`, 'utf8'), /sleep/);
  const next = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  t.same((await call('DELETE', `${next.url}/allocations/${subject.allocation_id}`)).body, {
    message: `Allocation ${subject.allocation_id} stopped and removed`,
  });
  t.notOk(
    await readFile(`/proc/${pid}/cmdline`, 'utf8').then(
      (words) => words.includes('sleep'),
      () => false,
    ),
  );
  await peer.reported(subject.allocation_id, 'stopped');
});

void t.test('starts no task twice when killed repeatedly, and reports the correct exit codes', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const orders: { order: AllocationOrder; code: number; stays: boolean }[] = [];
  let agent: AgentProcess = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  for (let round = 0; round < 12; round += 1) {
    for (let index = 0; index < 4; index += 1) {
      const code = (round * 4 + index) % 100;
      const stays = index === 3;
      const subject = order({
        command: witness(dataDir, stays ? 'exec sleep 1000' : `sleep 0.${index}; exit ${code}`),
      });
      orders.push({ order: subject, code, stays });
      peer.want(subject);
      // The order races with the kill, so its response may never arrive.
      void call('POST', `${agent.url}/allocations`, subject).catch(() => undefined);
    }
    await sleep(Math.random() * 120);
    await agent.kill('SIGKILL');
    agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  }
  for (const { order: each, code, stays } of orders) {
    const report = await peer.reported(
      each.allocation_id,
      stays ? 'running' : code === 0 ? 'complete' : 'failed',
    );
    if (!stays)
      t.equal(report.tasks.main?.exit_code, code, `${each.allocation_id}: ${report.tasks.main?.message}`);
  }
  const seen = await readdir(dataDir);
  for (const { order: each, stays } of orders) {
    // A task is reported as running before its first line.
    if (stays) await until(async () => (await starts(dataDir, each.allocation_id)).length > 0);
    const pids = await starts(dataDir, each.allocation_id);
    t.equal(pids.length, 1, `${each.allocation_id} started ${pids.length} times`);
    if (stays)
      t.match(
        await readFile(`/proc/${pids[0]}/cmdline`, 'utf8').catch(() => ''),
        /sleep/,
        'the same process still runs',
      );
  }
  t.ok(seen.length > 0);
  peer.unwant(...orders.map((each) => each.order.allocation_id));
  for (const { order: each, stays } of orders) if (stays) await peer.reported(each.allocation_id, 'stopped');
});

void t.test('continues to stop a task after being killed and restarted', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const subject = order({
    command: witness(dataDir, 'trap "" TERM; while :; do sleep 0.1; done'),
    kill_timeout: 1,
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await until(async () => (await starts(dataDir, subject.allocation_id)).length === 1);
  void call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`).catch(() => undefined);
  await until(async () =>
    (await readFile(path.join(dataDir, 'agent/journal/records.log'), 'utf8')).includes('"stopping":"'),
  );
  await agent.kill('SIGKILL');
  await spawnAgent(t, { dataDir, serverUrl: peer.url });
  t.match(await peer.reported(subject.allocation_id, 'stopped'), { tasks: { main: { exit_code: 137 } } });
});

void t.test('refuses a second agent on the same directory, and reports the pid of the first', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const first = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const { runAgent, DataDirHeldError } = await import('#agents/main.js');
  const { agentOptions } = await import('./support/agent.js');
  await t.rejects(
    runAgent(agentOptions({ dataDir, serverUrl: peer.url }), new AbortController().signal),
    new DataDirHeldError(path.join(dataDir, 'agent'), String(first.pid)),
  );
});
