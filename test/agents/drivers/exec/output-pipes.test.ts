import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { bytesIn } from '../../support/bytes-in.js';
import { call, order, spawnAgent, startPair, type AgentProcess } from '../../support/agent.js';
import { logText } from '../../support/log-text.js';
import { PeerServer, until } from '../../support/peer-server.js';

t.setTimeout(180_000 * PATIENCE);

const BY_PATH =
  'echo one; echo two; echo three > /dev/stdout; echo four; echo five | tee /dev/stderr; echo six > /proc/self/fd/1; echo e1 >&2; echo e2 > /dev/stderr; echo e3 >&2';
const isRoot = process.getuid?.() === 0;

for (const user of [undefined, ...(isRoot ? ['nobody'] : [])])
  void t.test(`a program may open its output by path: ${user ?? "the agent's user"}`, async (t) => {
    const { agent, peer } = await startPair(t);
    const subject = order({ command: BY_PATH, ...(user !== undefined && { user }) });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    const log = `${agent.url}/allocations/${subject.allocation_id}/logs`;
    t.equal((await call('GET', `${log}?type=stdout`)).body, 'one\ntwo\nthree\nfour\nfive\nsix\n');
    t.equal((await call('GET', `${log}?type=stderr`)).body, 'five\ne1\ne2\ne3\n');
  });

void t.test('returns both streams in the order of arrival if no type is requested', async (t) => {
  const { agent, peer } = await startPair(t);
  const pause = 0.05 * PATIENCE;
  const subject = order({
    command: `i=0; while [ $i -lt 20 ]; do echo "out $i"; sleep ${pause}; echo "err $i" >&2; i=$((i + 1)); sleep ${pause}; done`,
  });
  const all = Array.from({ length: 20 }, (_, index) => `out ${index}\nerr ${index}\n`).join('');
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const logs = `${agent.url}/allocations/${subject.allocation_id}/logs`;
  t.equal((await call('GET', `${logs}?follow=true`)).body, all, 'the followed log keeps the order');
  await peer.reported(subject.allocation_id, 'complete');
  t.equal((await call('GET', logs)).body, all, 'the stored log keeps the order');
  t.equal((await call('GET', `${logs}?type=both&tail=3`)).body, 'err 18\nout 19\nerr 19\n');
  t.equal((await call('GET', `${logs}?type=stderr&tail=1`)).body, 'err 19\n');
  t.match(await call('GET', `${logs}?type=all`), { status: 400 });
});

void t.test('limits a flood exactly, and keeps its beginning and end', async (t) => {
  const bounds = { maxBytes: 200_000, maxFiles: 5 };
  const { agent, peer, dataDir } = await startPair(t, { logBounds: bounds });
  const subject = order({ command: 'seq 1 13000000 | head -c 104857600; echo; echo end' });
  const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
  peer.want(subject);
  let most = 0;
  await until(
    async () => {
      most = Math.max(most, existsSync(logs) ? await bytesIn(logs) : 0);
      return peer.reports.get(subject.allocation_id)?.status === 'complete';
    },
    undefined,
    60,
  );
  t.ok(most <= bounds.maxBytes * bounds.maxFiles, `${most} bytes at most`);
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  t.match(body, /^1\n2\n3\n/);
  t.match(body, /\d\nend\n$/);
  const dropped = Number(/-- muster: (\d+) bytes/.exec(body)?.[1]);
  const kept = Buffer.byteLength(body.replace(/\n?-- muster: .*\n/, ''));
  t.ok(Math.abs(kept + dropped - 104_857_605) <= 1, `${kept} bytes are left, ${dropped} dropped`);
});

void t.test('does not wait for a process that keeps the output open after the end of the task', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({ command: 'echo begun; (sleep 600; echo late) & exit 0' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'complete');
  t.equal(
    (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?follow=true`)).body,
    'begun\n',
  );
});

async function killable(t: Parameters<typeof spawnAgent>[0]) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const start = async (): Promise<AgentProcess> => await spawnAgent(t, { dataDir, serverUrl: peer.url });
  return { dataDir, peer, start };
}

void t.test('an agent that is killed again and again loses and doubles no line', async (t) => {
  const { dataDir, peer, start } = await killable(t);
  let agent = await start();
  const lines = 3000;
  const subject = order({
    command: `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; [ $((i % 10)) -gt 0 ] || sleep 0.01; done`,
  });
  peer.want(subject);
  const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
  for (const part of [0.2, 0.5, 0.8]) {
    await until(() => logText(logs, 'stdout').includes(`\n${lines * part}\n`), undefined, 60);
    await agent.kill('SIGKILL');
    agent = await start();
  }
  await peer.reported(subject.allocation_id, 'complete');
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  t.equal(body, Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join(''));
});

void t.test('keeps what a task writes before it ends while no agent runs', async (t) => {
  const { dataDir, peer, start } = await killable(t);
  const first = await start();
  const subject = order({
    command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; echo out; echo err >&2; exit 3`,
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await first.kill('SIGKILL');
  writeFileSync(path.join(dataDir, 'go'), '');
  const state = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/state');
  await until(() => /^3 end/.test(readFileSync(path.join(state, 'exit'), 'utf8')));
  const second = await start();
  await peer.reported(subject.allocation_id, 'failed');
  const log = `${second.url}/allocations/${subject.allocation_id}/logs`;
  t.equal((await call('GET', `${log}?type=stdout`)).body, 'out\n');
  t.equal((await call('GET', `${log}?type=stderr`)).body, 'err\n');
  const [pid] = readFileSync(path.join(state, 'claim'), 'utf8').split(' ');
  await until(() => !existsSync(`/proc/${pid}`));
  t.notOk(existsSync(path.join(state, 'stdout')), 'the pipes are removed');
});

void t.test('a task waits while its pipe is full and no agent runs, and then continues', async (t) => {
  const { dataDir, peer, start } = await killable(t);
  const first = await start();
  const subject = order({
    command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; seq 1 100000; echo done > ${dataDir}/done`,
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await first.kill('SIGKILL');
  writeFileSync(path.join(dataDir, 'go'), '');
  spawnSync('sleep', ['0.5']);
  t.notOk(existsSync(path.join(dataDir, 'done')), 'the task waits');
  const second = await start();
  await peer.reported(subject.allocation_id, 'complete');
  const { body } = await call<string>('GET', `${second.url}/allocations/${subject.allocation_id}/logs`);
  t.equal(body, Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join(''));
});
