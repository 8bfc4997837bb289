import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { UsageHistory } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { call, order, spawnAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

const SERVE = `sh -c 'echo "$GREETING $MUSTER_PORT $MUSTER_PORT_80" >>/data/index.html; exec httpd -f -p 80 -h /data'`;
const volumes = [{ name: 'pages', path: '/data' }];

void t.test('containers with chosen ports and named volumes', { skip }, async (t) => {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = { dataDir: ownFolder(t), serverUrl: peer.url, dockerSocket: daemon.socketPath };
  // The agent ends with the whole test, whichever subtest starts it.
  const spawn = async () => await spawnAgent(t, options);
  let agent = await spawn();
  const host = await freePort();
  const version = (greeting: string) => ({
    ...order({
      image: 'busybox',
      command: SERVE,
      env: { GREETING: greeting },
      volumes,
      ports: [{ container: 80, dynamic: true }],
      kill_timeout: 0,
    }),
    ports: { main: [{ container: 80, host }] },
  });
  const read = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${host}/`)).text();
  const [first, second] = [version('first'), version('second')];

  await t.test("are supported according to the node's registered attributes", async (t) => {
    await until(() => peer.registrations.length > 0);
    t.match(peer.registrations[0], {
      attributes: { 'docker.assigned_ports': true, 'docker.named_volumes': true },
    });
  });

  await t.test('accept connections at their host port', async (t) => {
    peer.want(first);
    await peer.reported(first.allocation_id, 'running');
    await until(async () => (await read().catch(() => '')) !== '');
    t.equal(await read(), `first 80 ${host}\n`);
    t.match((await daemon.docker.getVolume('muster.pages').inspect()).Labels, {
      'muster.node': agent.nodeId,
      'muster.volume': 'pages',
    });
  });

  await t.test('are reported with the usage, also those that another node id has created', async (t) => {
    await daemon.docker.createVolume({ Name: 'others' });
    await daemon.docker.createVolume({
      Name: 'muster.left',
      Labels: { 'muster.node': 'former', 'muster.volume': 'left' },
    });
    const { body } = await call<{ volumes: unknown }>('GET', `${agent.url}/usage`);
    t.same(body.volumes, [
      { name: 'left', node_id: 'former' },
      { name: 'pages', node_id: agent.nodeId },
    ]);
    for (const name of ['others', 'muster.left']) await daemon.docker.getVolume(name).remove();
  });

  await t.test('keep running when their agent is killed, and are adopted by the next one', async (t) => {
    const [before] = await daemon.docker.listContainers();
    await agent.kill('SIGKILL');
    t.equal(await read(), `first 80 ${host}\n`);
    // The killed agent wrote such a line every half minute, and the last one is incomplete.
    const minuteAgo = Math.floor(Date.now() / 1000) - 60;
    const file = path.join(options.dataDir, 'agent/tasks', first.allocation_id, 'main/usage');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `{"timestamp":${minuteAgo},"cpu":7,"memory_mb":2.5}\n{"timestamp":`);
    agent = await spawn();
    const { body } = await call<UsageHistory>('GET', `${agent.url}/allocations/${first.allocation_id}/usage`);
    t.same(
      body.tasks['main']?.[0],
      { timestamp: minuteAgo, cpu: 7, memory_mb: 2.5 },
      'the usage history from before the restart is retained',
    );
    await until(() => peer.registrations.length > 1);
    t.strictSame(
      (await daemon.docker.listContainers()).map(({ Id }) => Id),
      [before?.Id],
    );
    t.strictSame(
      (await call('DELETE', `${agent.url}/volumes/pages`)).body,
      { volume: 'pages', gone: false },
      'a volume in use is not removed',
    );
  });

  await t.test('pass the data in their volume to their next version', async (t) => {
    peer.unwant(first.allocation_id);
    await peer.reported(first.allocation_id, 'stopped');
    peer.want(second);
    await peer.reported(second.allocation_id, 'running');
    await until(async () => (await read().catch(() => '')).includes('second'));
    t.equal(await read(), `first 80 ${host}\nsecond 80 ${host}\n`);
  });

  await t.test('leave a volume that can be removed, and removing it again succeeds', async (t) => {
    peer.unwant(second.allocation_id);
    await peer.reported(second.allocation_id, 'stopped');
    const remove = async (name: string) => await call('DELETE', `${agent.url}/volumes/${name}`);
    await until(async () => ((await remove('pages')).body as { gone?: boolean }).gone === true);
    t.strictSame(
      (await remove('pages')).body,
      { volume: 'pages', gone: true },
      'removing a removed volume succeeds',
    );
    t.strictSame((await daemon.docker.listVolumes()).Volumes, []);
    await daemon.docker.createVolume({ Name: 'muster.theirs' });
    t.strictSame(
      (await remove('theirs')).body,
      { volume: 'theirs', gone: true },
      'Muster has no volume of that name',
    );
    t.equal((await daemon.docker.listVolumes()).Volumes.length, 1);
    t.equal((await remove('..%2Fetc')).status, 400);
  });

  await t.test('run an image that was pulled ahead, or say that it cannot be pulled', async (t) => {
    const pulling = (image: string) => ({
      ...order(),
      task_group: {
        name: 'group',
        tasks: [{ name: 'pull', driver: 'docker', config: { image, pull_only: true } }],
      },
    });
    const [there, missing] = [pulling('busybox'), pulling('registry.invalid/none:1')];
    peer.want(there);
    const status = await peer.reported(there.allocation_id, 'running');
    t.match(status.tasks?.['pull'], { image_digest: /^sha256:/ });
    t.strictSame(await daemon.docker.listContainers({ all: true }), [], 'there is no container');
    const registered = peer.registrations.length;
    await agent.kill('SIGKILL');
    agent = await spawn();
    await until(() => peer.registrations.length > registered);
    peer.unwant(there.allocation_id);
    await peer.reported(there.allocation_id, 'stopped');
    peer.want(missing);
    const failed = await peer.reported(missing.allocation_id, 'failed');
    t.match(JSON.stringify(failed), /image pull failed/);
    peer.unwant(missing.allocation_id);
  });

  await t.test(
    'have the user, stop signal and volumes of their image, but not its health check',
    async (t) => {
      await daemon.importImage('declares', [
        'USER 1000',
        'STOPSIGNAL SIGUSR1',
        'VOLUME /kept',
        'HEALTHCHECK --interval=1s --retries=1 CMD false',
      ]);
      const command = `sh -c '[ $(id -u) = 1000 ] || exit 3; trap "exit 7" USR1; while :; do sleep 0.1; done'`;
      const declared = order({ image: 'declares', command });
      peer.want(declared);
      await peer.reported(declared.allocation_id, 'running');
      const container = daemon.docker.getContainer(`muster-${declared.allocation_id}-main`);
      await until(async () => (await container.inspect()).State.Health?.Status === 'unhealthy');
      const [mount] = (await container.inspect()).Mounts;
      t.equal(mount?.Destination, '/kept');
      t.equal(peer.reports.get(declared.allocation_id)?.status, 'running');
      peer.unwant(declared.allocation_id);
      const { tasks = {} } = await peer.reported(declared.allocation_id, 'stopped');
      t.match(tasks['main'], { exit_code: 7 });
      const volumes = async () => (await daemon.docker.listVolumes()).Volumes.map(({ Name }) => Name);
      await until(async () => !(await volumes()).includes(mount?.Name ?? ''));
    },
  );

  await t.test('fail instead of using a volume that this node did not create', async (t) => {
    const foreign = order({
      image: 'busybox',
      command: 'true',
      volumes: [{ name: 'theirs', path: '/data' }],
    });
    peer.want(foreign);
    t.match(await peer.reported(foreign.allocation_id, 'failed'), {
      tasks: {
        main: {
          message: /muster\.theirs already exists and was not created by this node, nor by another one$/,
        },
      },
    });
    await daemon.docker.createVolume({ Name: 'muster.former', Labels: { 'muster.node': 'node-of-old' } });
    const former = order({
      image: 'busybox',
      command: 'true',
      volumes: [{ name: 'former', path: '/data' }],
    });
    peer.want(former);
    const told = await peer.reported(former.allocation_id, 'failed');
    t.match(told, {
      tasks: { main: { message: /but for another node id: .*MUSTER_NODE_ID; muster volume list --unknown/ } },
    });
    t.notMatch(JSON.stringify(told), /node-of-old/, 'the owner of the work need not know the node');
  });
});
