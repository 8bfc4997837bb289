import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { isFull } from '#agents/drivers/docker/container-files.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { registryMissing, startRegistry } from '../../../fixtures/registry.js';
import { required } from '../../../fixtures/requirement.js';
import { order, startAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

t.setTimeout(120_000 * PATIENCE);

void t.test('an image that a full disk cannot take is pulled on another node', async (t) => {
  const missing = dockerdMissing() ?? registryMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const disk = ownFolder(t);
  t.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600m', 'tmpfs', disk]).status, 0);
  t.teardown(() => void spawnSync('umount', ['-l', disk]));
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = disk;
  const daemon = await startDockerd({ bridge: false, pullsOnce: true });
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  t.teardown(() => daemon.stop());
  const registry = await startRegistry(t, []);
  await daemon.importImage('busybox:test');
  await registry.push(daemon.docker, 'busybox:test', 'team/app:1');
  await daemon.docker.getImage('busybox:test').remove();

  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  await startAgent(t, {
    dataDir: ownFolder(t),
    serverUrl: peer.url,
    dockerSocket: daemon.socketPath,
    registryAllow: '127.0.0.1',
  });
  await until(() => peer.registrations.length > 0);
  t.notOk(await isFull(disk), 'an image that needs more than this is too large');
  spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1M']);
  t.ok(await isFull(disk));
  for (let count = 1; count <= 3; count += 1) {
    const subject = order({ image: `${registry.host}/team/app:1` });
    peer.want(subject);
    t.match(await peer.reported(subject.allocation_id, 'lost'), {
      message: /^refused by node .*: this node cannot start containers: no space left on the node$/,
    });
  }
  await until(() => peer.registrations.at(-1)?.drivers?.includes('docker') === false);
  t.match(peer.registrations.at(-1)?.attributes, {
    'docker.start_fault': '3 starts failed within 10 minutes: no space left on the node',
  });
});
