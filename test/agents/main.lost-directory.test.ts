import { randomUUID } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, type AgentProcess, type TestOptions } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(300_000 * PATIENCE);

/** An agent with a node id of its own, and a way to replace it by one whose directory was lost. */
async function startNode(t: Test, options: Partial<TestOptions> = {}) {
  const folder = ownFolder(t);
  const dataDir = path.join(folder, 'data');
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const nodeId = `n-${randomUUID().slice(0, 8)}`;
  const start = (): Promise<AgentProcess> =>
    spawnAgent(t, { dataDir, nodeId, serverUrl: peer.url, ...options });
  const first = await start();
  return {
    folder,
    peer,
    nodeId,
    first,
    async withoutDirectory(): Promise<AgentProcess> {
      await first.kill('SIGKILL');
      await rename(dataDir, `${dataDir}.lost`);
      return await start();
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

void t.test(
  'ends processes of a node whose directory was lost before it reports them as stopped',
  async (t) => {
    const { folder, peer, first, withoutDirectory } = await startNode(t);
    const subject = order({ command: `echo $$ > ${folder}/pid; exec sleep 1000` });
    peer.want(subject);
    await call('POST', `${first.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    const pid = Number(await readFile(`${folder}/pid`, 'utf8'));
    t.ok(isRunning(pid));
    peer.desired.clear();
    peer.reports.clear();
    const next = await withoutDirectory();
    t.equal((await call('DELETE', `${next.url}/allocations/${subject.allocation_id}`)).status, 404);
    t.notOk(isRunning(pid), 'nothing of it is running when the agent says so');
    await peer.reported(subject.allocation_id, 'stopped');
  },
);

void t.test('ends what was started again by hand under the id of a stopped allocation', async (t) => {
  const { folder, peer, nodeId, first } = await startNode(t);
  const id = randomUUID();
  const subject = order({
    command: 'env',
    args: [
      '-i',
      `MUSTER_ALLOC_ID=${id}`,
      `MUSTER_NODE_ID=${nodeId}`,
      '/bin/sh',
      '-c',
      `echo $$ > ${folder}/pid; trap '' TERM; while :; do sleep 0.1; done`,
    ],
  });
  peer.want(subject);
  await call('POST', `${first.url}/allocations`, subject);
  const pidFile = async (): Promise<string> => await readFile(`${folder}/pid`, 'utf8').catch(() => '');
  await until(async () => (await pidFile()).endsWith('\n'));
  const pid = Number(await pidFile());
  const began = performance.now();
  t.equal((await call('DELETE', `${first.url}/allocations/${id}`)).status, 404);
  t.notOk(isRunning(pid), 'a process that ignores SIGTERM is killed');
  t.ok(performance.now() - began > 4000, 'it gets time to end by itself');
});

void t.test(
  'ends containers of a node whose directory was lost',
  { skip: dockerdMissing() ?? false },
  async (t) => {
    const daemon = await startDockerd();
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    const { peer, nodeId, first, withoutDirectory } = await startNode(t, { dockerSocket: daemon.socketPath });
    const subjects = [1, 2, 3].map(() =>
      order({ image: 'busybox', command: `sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'` }),
    );
    peer.want(...subjects);
    for (const subject of subjects) await call('POST', `${first.url}/allocations`, subject);
    for (const subject of subjects) await peer.reported(subject.allocation_id, 'running');
    peer.desired.clear();
    peer.reports.clear();
    const containers = async (): Promise<string[]> =>
      (await daemon.docker.listContainers({ filters: { label: [`muster.node=${nodeId}`] } })).map(
        ({ Labels }) => Labels['muster.allocation'] ?? '',
      );
    t.equal((await containers()).length, 3);
    const next = await withoutDirectory();
    for (const { allocation_id: id } of subjects) {
      t.equal((await call('DELETE', `${next.url}/allocations/${id}`)).status, 404);
      t.notOk((await containers()).includes(id), 'its container has ended when the agent says so');
      await peer.reported(id, 'stopped');
    }

    await t.test('and says so if it cannot ask the daemon', async (t) => {
      await daemon.halt('SIGKILL');
      const answer = await call<{ message: string }>('DELETE', `${next.url}/allocations/${randomUUID()}`);
      t.equal(answer.status, 500);
      t.match(JSON.stringify(answer.body), /Docker daemon does not respond/);
    });
  },
);
