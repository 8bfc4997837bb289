import { chmod } from 'node:fs/promises';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { ClosedBridges } from '#agents/drivers/docker/closed-bridges.js';
import { networkName } from '#agents/drivers/docker/tenant-networks.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { inOwnNetwork } from '../../../fixtures/own-network.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

inOwnNetwork(import.meta.url, skip, () => {
  void t.test("keeps a tenant's process from unpublished ports of containers", async (t) => {
    const daemon = await startDockerd({ iptables: true, addressPool: 'base=10.204.0.0/20,size=24' });
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const dataDir = ownFolder(t);
    await chmod(dataDir, 0o711);
    const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const served = 'nc -ll -p 7000 -e echo hello';
    const containers = {
      'another tenant': { ...order({ image: 'busybox', command: served }), network_owner: 'two' },
      'the own tenant': { ...order({ image: 'busybox', command: served }), network_owner: 'one' },
      'an operator': order({ image: 'busybox', command: served }),
    };
    /** As an agent of an older release created them: with a bridge that Docker named. */
    await daemon.docker.createNetwork({
      Name: networkName(agent.nodeId, 'two'),
      Labels: { 'muster.node': agent.nodeId },
    });
    const outputOf = async (command: string, tenant?: string): Promise<string> => {
      const { task_group, ...rest } = order();
      const task = { name: 'main', driver: 'exec', config: { command, ...(tenant && { tenant }) } };
      const subject = { ...rest, task_group: { ...task_group, tasks: [task] } };
      peer.want(subject);
      await peer.reported(subject.allocation_id, 'complete');
      return (
        await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)
      ).body.trim();
    };
    const asks = (address: string, port: number): string =>
      `busybox nc -w 3 ${address} ${port} < /dev/null 2>/dev/null || echo refused`;
    const addressOf = async ({ allocation_id: id }: AllocationOrder): Promise<string> => {
      peer.want(containers['the own tenant'], containers['another tenant'], containers['an operator']);
      await peer.reported(id, 'running');
      const { NetworkSettings } = await daemon.docker.getContainer(`muster-${id}-main`).inspect();
      return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    };
    for (const [whose, container] of Object.entries(containers)) {
      const address = await addressOf(container);
      await until(async () => (await outputOf(asks(address, 7000))) === 'hello');
      t.equal(await outputOf(asks(address, 7000), 'one'), 'refused', `a container of ${whose}`);
    }
    t.match(peer.registrations.at(-1)?.attributes, { 'docker.container_ports': 'closed' });

    const port = 31_007;
    const publishing = {
      ...order({ image: 'busybox', command: served, config: { port, container_port: 7000 } }),
      network_owner: 'two',
    };
    peer.want(publishing);
    await peer.reported(publishing.allocation_id, 'running');
    await until(async () => (await outputOf(asks('127.0.0.1', port))) === 'hello');
    t.equal(await outputOf(asks('127.0.0.1', port), 'one'), 'hello', 'a published port');
  });

  void t.test('says that the bridges are open if no rule can be set', async (t) => {
    const daemon = await startDockerd({ bridge: false });
    t.teardown(() => daemon.stop());
    const problems: object[] = [];
    const log = {
      debug: () => 0,
      info: () => 0,
      error: () => 0,
      warn: (fields: object) => problems.push(fields),
    };
    const range = { first: 2 ** 33, last: 2 ** 33 + 1 };
    const bridges = new ClosedBridges(daemon.docker, { separation: 'separate', range }, log);
    await bridges.close();
    t.same(await bridges.attributes(), { 'docker.container_ports': 'open' });
    t.match(problems, [{ problem: /^iptables: / }]);
    t.equal(problems.length, 1, 'once');

    const users = { separation: 'separate' as const, range: { first: 2_000_000, last: 2_000_001 } };
    const reloaded = new ClosedBridges(daemon.docker, users, log);
    t.same(await reloaded.attributes(), { 'docker.container_ports': 'closed' });
    users.range = range;
    await reloaded.close(true);
    t.same(await reloaded.attributes(), { 'docker.container_ports': 'open' }, 'what was set may be gone');
    users.range = { first: 2_000_000, last: 2_000_001 };
    t.same(await reloaded.attributes(), { 'docker.container_ports': 'closed' });

    const shared = new ClosedBridges(daemon.docker, { separation: 'shared', range }, log);
    t.same(await shared.attributes(), {}, 'there are no users of tenants');
  });
});
