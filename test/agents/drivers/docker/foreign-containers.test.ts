import path from 'node:path';
import Docker from 'dockerode';
import t from 'tap';
import { ForeignContainers } from '#agents/drivers/docker/foreign-containers.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { DeviceRequests } from '../../../fixtures/device-requests.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(120_000 * PATIENCE);

void t.test('notes which GPUs running containers of other node ids hold', { skip }, async (t) => {
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const socketPath = path.join(ownFolder(t), 'docker.sock');
  const requests = await DeviceRequests.before(t, daemon.socketPath, socketPath);
  const create = async (node: string, gpus: string) =>
    await daemon.docker.createContainer({
      Image: 'busybox',
      Cmd: ['sleep', '3600'],
      Env: [`NVIDIA_VISIBLE_DEVICES=${gpus}`],
      Labels: { 'muster.node': node },
      HostConfig: { NetworkMode: 'none' },
    });
  for (const [node, gpus] of [
    ['own', 'GPU-c'],
    ['n2', 'GPU-a'],
    ['n3', 'GPU-b,GPU-c'],
  ] as const)
    await (await create(node, gpus)).start();
  await create('n4', 'GPU-d');
  const hung = await create('n5', 'GPU-e');
  await hung.start();
  requests.hung.add(hung.id);

  const warned: string[] = [];
  const skipped = (): void => undefined;
  const warn = (_: object, code: string): void => void warned.push(code);
  const log = { debug: skipped, info: skipped, warn, error: skipped };
  const foreign = new ForeignContainers(new Docker({ socketPath }), new OwnWork('own'), 'keep', log);
  const { signal } = new AbortController();
  const held = (...own: readonly string[]) => foreign.attributes(new Set(own))['docker.foreign_gpus'];
  for (const _ of ['first', 'again']) {
    t.equal((await foreign.look(signal)).all.length, 5, 'a container that cannot be inspected stops no look');
    t.equal(
      held('GPU-c'),
      'GPU-a=n2 GPU-b=n3',
      'neither that of a container that is not started, nor an own one',
    );
  }
  t.equal(held('GPU-a', 'GPU-c'), 'GPU-b=n3', 'a GPU of an own allocation stays');
  t.equal(held('GPU-a', 'GPU-b', 'GPU-c'), undefined);
  t.same(warned, ['agent.docker.foreign-containers', 'agent.docker.gpus-unknown']);
  requests.hung.clear();
  await foreign.look(signal);
  t.equal(held('GPU-c'), 'GPU-a=n2 GPU-b=n3 GPU-e=n5');
});
