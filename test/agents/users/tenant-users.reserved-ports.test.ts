import { chmod, writeFile } from 'node:fs/promises';
import t from 'tap';
import { PATIENCE } from '../../fixtures/eventually.js';
import { inOwnNetwork } from '../../fixtures/own-network.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, spawnAgent } from '../support/agent.js';
import { PeerServer } from '../support/peer-server.js';

const FIRST_FREE = 2048;
t.setTimeout(120_000 * PATIENCE);

inOwnNetwork(import.meta.url, process.geteuid?.() === 0 ? false : 'needs root', () => {
  void t.test(
    "a tenant's process cannot take ports below the kernel's first unprivileged port",
    async (t) => {
      await writeFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', String(FIRST_FREE));
      const peer = await PeerServer.start();
      t.teardown(() => peer.close());
      const dataDir = ownFolder(t);
      await chmod(dataDir, 0o711);
      const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url });
      /** Listens for a moment, and returns what busybox says. */
      const listening = async (port: number, words = ''): Promise<string> => {
        const { task_group, ...rest } = order();
        const command = `timeout 1 ${words} busybox nc -l -p ${port} 2>&1; echo "end"`;
        const task = { name: 'main', driver: 'exec', config: { command, tenant: 'one' } };
        const subject = { ...rest, task_group: { ...task_group, tasks: [task] } };
        peer.want(subject);
        await peer.reported(subject.allocation_id, 'complete');
        return (await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body;
      };
      t.match(await listening(FIRST_FREE - 1), /Permission denied/);
      t.match(
        await listening(FIRST_FREE - 1, 'unshare -U -r'),
        /Permission denied|unshare/,
        'in a user namespace',
      );
      t.notMatch(await listening(FIRST_FREE), /denied/);
    },
  );
});
