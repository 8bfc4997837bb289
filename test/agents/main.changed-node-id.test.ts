import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { taskProcesses } from '#agents/drivers/exec/left-processes.js';
import { sendSignal } from '#agents/drivers/exec/process-table.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, type AgentProcess, type TestOptions } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(300_000 * PATIENCE);

void t.test(
  'containers of a node id that the agent no longer has are reported, and ended if its operator says so',
  { skip: dockerdMissing() ?? false },
  async (t) => {
    const daemon = await startDockerd();
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    const dataDir = path.join(ownFolder(t), 'data');
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const former = `n-${randomUUID().slice(0, 8)}`;
    const start = (options: Partial<TestOptions>): Promise<AgentProcess> =>
      spawnAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath, ...options });
    const first = await start({ nodeId: former });
    const subject = order({
      image: 'busybox',
      command: 'sleep 1000',
      volumes: [{ name: 'v', path: '/data' }],
    });
    peer.want(subject);
    await call('POST', `${first.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    const containers = async (): Promise<number> =>
      (await daemon.docker.listContainers({ filters: { label: [`muster.node=${former}`] } })).length;
    t.equal(await containers(), 1);
    await first.kill('SIGKILL');
    await rename(dataDir, `${dataDir}.lost`);
    peer.desired.clear();

    const keeping = await start({});
    t.not(keeping.nodeId, former);
    await until(() =>
      peer.registrations.some(
        ({ node_id: id, attributes }) =>
          id === keeping.nodeId && attributes?.['docker.foreign_nodes'] === former,
      ),
    );
    t.equal(await containers(), 1, 'by default it is kept');
    await keeping.kill('SIGKILL');

    const ending = await start({ foreignContainers: 'end' });
    await until(async () => (await containers()) === 0);
    t.ok(await daemon.docker.getVolume('muster.v').inspect(), 'its volume is kept');
    await ending.kill('SIGTERM');
  },
);

void t.test(
  'processes of a node id that the agent no longer has are reported until they have ended',
  async (t) => {
    const dataDir = path.join(ownFolder(t), 'data');
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const former = `n-${randomUUID().slice(0, 8)}`;
    const start = (nodeId?: string): Promise<AgentProcess> =>
      spawnAgent(t, { dataDir, serverUrl: peer.url, ...(nodeId !== undefined && { nodeId }) });
    const first = await start(former);
    const subject = order({ command: 'sleep 1000' });
    peer.want(subject);
    await call('POST', `${first.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    const left = () =>
      taskProcesses().filter(
        ({ node, allocation }) => node === former && allocation === subject.allocation_id,
      );
    const endAll = (): void => left().forEach(({ pid }) => sendSignal(pid, 'SIGKILL'));
    t.teardown(endAll);
    await first.kill('SIGKILL');
    await rename(dataDir, `${dataDir}.lost`);
    peer.desired.clear();

    const next = await start();
    // Tests that run at the same time have agents on this machine, too.
    const isReported = (): boolean | undefined => {
      const { attributes } = peer.registrations.findLast(({ node_id: id }) => id === next.nodeId) ?? {};
      return (
        attributes &&
        String(attributes['exec.foreign_nodes'] ?? '')
          .split(' ')
          .includes(former)
      );
    };
    await until(() => isReported() === true);
    t.ok(left().length > 0, 'they are kept');
    endAll();
    await until(() => isReported() === false);
    await next.kill('SIGTERM');
  },
);
