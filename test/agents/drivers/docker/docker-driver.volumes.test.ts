import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import t from 'tap';
import type { UsageHistory } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000);

const SERVE = `sh -c 'echo "$GREETING $MUSTER_PORT $MUSTER_PORT_80" >>/data/index.html; exec httpd -f -p 80 -h /data'`;
const volumes = [{ name: 'pages', path: '/data' }];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

void t.test('containers with chosen ports and named volumes', { skip }, async (t) => {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = { dataDir: ownFolder(t), serverUrl: peer.url, dockerSocket: daemon.socketPath };
  // Ends with the whole test, whichever part starts it.
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

  await t.test('are what the node says that it can run', async (t) => {
    await until(() => peer.registrations.length > 0);
    t.match(peer.registrations[0], {
      attributes: { 'docker.assigned_ports': true, 'docker.named_volumes': true },
    });
  });

  await t.test('are reached by a client at the host port', async (t) => {
    peer.want(first);
    await peer.reported(first.allocation_id, 'running');
    await until(async () => (await read().catch(() => '')) !== '');
    t.equal(await read(), `first 80 ${host}\n`);
    t.match((await daemon.docker.getVolume('muster.pages').inspect()).Labels, {
      'muster.node': agent.nodeId,
      'muster.volume': 'pages',
    });
  });

  await t.test('go on while their agent is killed, and the next one knows them', async (t) => {
    const [before] = await daemon.docker.listContainers();
    await agent.kill('SIGKILL');
    t.equal(await read(), `first 80 ${host}\n`);
    // Lines as the killed agent wrote them each half minute; the last one is incomplete.
    const minuteAgo = Math.floor(Date.now() / 1000) - 60;
    const file = path.join(options.dataDir, 'agent/tasks', first.allocation_id, 'main/usage');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `{"timestamp":${minuteAgo},"cpu":7,"memory_mb":2.5}\n{"timestamp":`);
    agent = await spawn();
    const { body } = await call<UsageHistory>('GET', `${agent.url}/allocations/${first.allocation_id}/usage`);
    t.same(
      body.tasks['main']?.[0],
      { timestamp: minuteAgo, cpu: 7, memory_mb: 2.5 },
      'what it used is known from before',
    );
    await until(() => peer.registrations.length > 1);
    t.strictSame(
      (await daemon.docker.listContainers()).map(({ Id }) => Id),
      [before?.Id],
    );
    t.strictSame(
      (await call('DELETE', `${agent.url}/volumes/pages`)).body,
      { volume: 'pages', gone: false },
      'what a container has is not removed',
    );
  });

  await t.test('leave what they wrote to their next version', async (t) => {
    peer.unwant(first.allocation_id);
    await peer.reported(first.allocation_id, 'stopped');
    peer.want(second);
    await peer.reported(second.allocation_id, 'running');
    await until(async () => (await read().catch(() => '')).includes('second'));
    t.equal(await read(), `first 80 ${host}\nsecond 80 ${host}\n`);
  });

  await t.test(
    'leave a volume that is removed on request, repeatedly, and none of someone else',
    async (t) => {
      peer.unwant(second.allocation_id);
      await peer.reported(second.allocation_id, 'stopped');
      const remove = async (name: string) => await call('DELETE', `${agent.url}/volumes/${name}`);
      await until(async () => ((await remove('pages')).body as { gone?: boolean }).gone === true);
      t.strictSame((await remove('pages')).body, { volume: 'pages', gone: true }, 'again');
      t.strictSame((await daemon.docker.listVolumes()).Volumes, []);
      await daemon.docker.createVolume({ Name: 'muster.theirs' });
      t.strictSame((await remove('theirs')).body, { volume: 'theirs', gone: true }, 'there is none of ours');
      t.equal((await daemon.docker.listVolumes()).Volumes.length, 1);
      t.equal((await remove('..%2Fetc')).status, 400);
    },
  );

  await t.test('are not started on a volume of someone else', async (t) => {
    const foreign = order({
      image: 'busybox',
      command: 'true',
      volumes: [{ name: 'theirs', path: '/data' }],
    });
    peer.want(foreign);
    t.match(await peer.reported(foreign.allocation_id, 'failed'), {
      tasks: { main: { message: /muster\.theirs belongs to somebody else/ } },
    });
  });
});
