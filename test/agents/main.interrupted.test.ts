import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { call, order, spawnAgent, startAgent } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(300_000 * PATIENCE);

/** Runs the agent as the first process of a pid namespace, as in a container. */
const CONTAINED = ['unshare', '--pid', '--fork', '--mount-proc'];
const INTERRUPTED = /^interrupted on node \S+: /;

async function contained(t: Test, dataDir: string, peer: PeerServer) {
  const outer = await spawnAgent(t, { dataDir, serverUrl: peer.url }, {}, CONTAINED);
  const [inner = ''] = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').split(' ');
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    process.kill(Number(inner), signal);
    await until(() => !existsSync(`/proc/${inner}`));
  };
  return { url: outer.url, end };
}

async function scene(t: Test) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  return { dataDir, peer };
}

void t.test('an agent whose container stops', async (t) => {
  if (!required(t, process.getuid?.() === 0, 'a process namespace needs root')) return;

  await t.test('stops its tasks within their kill_timeout, and reports them as lost', async (t) => {
    const { dataDir, peer } = await scene(t);
    const agent = await contained(t, dataDir, peer);
    const said = path.join(dataDir, 'said');
    const polite = order({
      command: `trap 'echo bye > ${said}; exit 0' TERM; touch ${said}-ready; while :; do sleep 0.05; done`,
      kill_timeout: 20,
    });
    const deaf = path.join(dataDir, 'deaf');
    const stubborn = order({
      command: `trap '' TERM; touch ${deaf}; while :; do sleep 0.05; done`,
      kill_timeout: 0.5,
    });
    peer.want(polite, stubborn);
    for (const { allocation_id: id } of [polite, stubborn]) await peer.reported(id, 'running');
    // A task runs before its shell has set the trap.
    for (const file of [`${said}-ready`, deaf]) await until(() => existsSync(file));
    await agent.end('SIGTERM');
    t.equal(readFileSync(said, 'utf8'), 'bye\n', 'the task got SIGTERM and had time to react');
    for (const { allocation_id: id } of [polite, stubborn]) {
      const report = peer.reports.get(id);
      t.match(report, { status: 'lost', message: INTERRUPTED });
      t.match(report?.message, /the agent ended, and its container with it/);
    }
    t.equal(peer.reports.get(stubborn.allocation_id)?.tasks['main']?.exit_code, 137);
  });

  await t.test(
    'reports a task that had already failed as failed, but not one that was being stopped',
    async (t) => {
      const { dataDir, peer } = await scene(t);
      const agent = await contained(t, dataDir, peer);
      const ended = order({ command: 'exit 3' });
      const patient = path.join(dataDir, 'patient');
      const asked = order({
        command: `trap 'sleep 1; exit 0' TERM; touch ${patient}; while :; do sleep 0.05; done`,
        kill_timeout: 20,
      });
      peer.want(ended, asked);
      await peer.reported(ended.allocation_id, 'failed');
      await peer.reported(asked.allocation_id, 'running');
      await until(() => existsSync(patient));
      void call('DELETE', `${agent.url}/allocations/${asked.allocation_id}`).catch(() => undefined);
      await until(
        async () => (await call('GET', `${agent.url}/allocations/${asked.allocation_id}`)).status === 200,
      );
      await agent.end('SIGTERM');
      t.equal(peer.reports.get(ended.allocation_id)?.status, 'failed');
      t.not(peer.reports.get(asked.allocation_id)?.status, 'failed');
    },
  );

  await t.test('is killed, and the next agent reports its tasks as lost', async (t) => {
    const { dataDir, peer } = await scene(t);
    const agent = await contained(t, dataDir, peer);
    const subject = order({ command: 'exec sleep 1000', max_run_seconds: 3600 });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    await agent.end('SIGKILL');
    await contained(t, dataDir, peer);
    const report = await peer.reported(subject.allocation_id, 'lost');
    t.match(report.message, INTERRUPTED);
    t.match(report.message, /the agent's container stopped while the task was running/);
  });

  await t.test('reports an order that it had accepted as complete or lost after its restart', async (t) => {
    const { dataDir, peer } = await scene(t);
    const agent = await contained(t, dataDir, peer);
    const go = path.join(dataDir, 'go');
    const subject = order({ command: `while [ ! -e ${go} ]; do sleep 0.05; done; exit 0` });
    peer.want(subject);
    await until(() => existsSync(path.join(dataDir, 'agent/journal/records.log')));
    await agent.end('SIGTERM');
    await writeFile(go, '');
    await contained(t, dataDir, peer);
    await peer.reported(subject.allocation_id, 'complete', 'lost');
  });
});

void t.test(
  'reports containers that end with their daemon as lost, not as failed',
  { skip: dockerdMissing() ?? false },
  async (t) => {
    const daemon = await startDockerd();
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    await t.test('reports containers as lost when the daemon is stopped', async (t) => {
      const { dataDir, peer } = await scene(t);
      await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
      const killed = order({ image: 'busybox', command: 'sleep 1000' });
      const polite = order({
        image: 'busybox',
        command: `sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'`,
      });
      peer.want(killed, polite);
      for (const { allocation_id: id } of [killed, polite]) await peer.reported(id, 'running');
      await daemon.halt('SIGTERM');
      await daemon.start();
      for (const { allocation_id: id } of [killed, polite]) {
        const report = await peer.reported(id, 'lost', 'failed', 'complete');
        t.match(report, { status: 'lost', message: INTERRUPTED });
        t.match(report.message, /Docker daemon/);
      }
    });
    await t.test('reports a container that exits with an error as failed', async (t) => {
      const { dataDir, peer } = await scene(t);
      await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
      const subject = order({ image: 'busybox', command: 'sh -c "exit 7"' });
      peer.want(subject);
      t.match(await peer.reported(subject.allocation_id, 'failed', 'lost'), {
        status: 'failed',
        tasks: { main: { exit_code: 7 } },
      });
    });
  },
);
