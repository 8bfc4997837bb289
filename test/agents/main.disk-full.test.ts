import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, startAgent } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

const skip =
  process.getuid?.() === 0 && spawnSync('sh', ['-c', 'command -v mount']).status === 0
    ? false
    : 'needs root and mount';

void t.test(
  'with a full disk tasks keep running and new work is refused, until there is space again',
  { skip },
  async (t) => {
    const dataDir = ownFolder(t);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dataDir]).status === 0;
    t.ok(mounted, 'a file system of 2 MiB is mounted');
    t.teardown(() => void spawnSync('umount', ['-l', dataDir]));
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.2 });
    const writer = order({
      command: `head -c 4000000 /dev/zero; echo "wrote $?" >&2; while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 11`,
      resources: { cpu: 100, memory: 256 },
    });
    const quiet = order({ command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 12` });
    peer.want(quiet);
    await peer.reported(quiet.allocation_id, 'running');
    await until(async () =>
      /^\d+ \d+ end/.test(
        await readFile(path.join(dataDir, 'agent/tasks', quiet.allocation_id, 'main/state/task'), 'utf8'),
      ),
    );
    peer.want(writer);
    await peer.reported(writer.allocation_id, 'running');
    await until(
      async () => (await call('POST', `${agent.url}/allocations`, order({ command: 'true' }))).status === 500,
    );
    await until(
      () => peer.heartbeats.at(-1)?.healthy === false,
      () => 'the node is not reported unhealthy',
    );
    t.equal((await call('GET', `${agent.url}/livez`)).status, 200, 'the agent is alive');
    t.equal(peer.reports.get(quiet.allocation_id)?.status, 'running');
    // Makes room for an empty file, so that the tasks can end.
    const logs = path.join(dataDir, 'agent/tasks', writer.allocation_id, 'main/logs');
    for (const name of await readdir(logs)) await rm(path.join(logs, name));
    await writeFile(path.join(dataDir, 'go'), '');
    t.match(await peer.reported(writer.allocation_id, 'failed'), { tasks: { main: { exit_code: 11 } } });
    t.match(await peer.reported(quiet.allocation_id, 'failed'), { tasks: { main: { exit_code: 12 } } });
    await until(
      () => peer.heartbeats.at(-1)?.healthy === true,
      () => 'the node is not reported healthy again',
    );
    const after = order({ command: 'true' });
    peer.want(after);
    t.equal((await call('POST', `${agent.url}/allocations`, after)).status, 200);
    await peer.reported(after.allocation_id, 'complete');
  },
);
