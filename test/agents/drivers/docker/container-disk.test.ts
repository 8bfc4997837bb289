import { chmodSync } from 'node:fs';
import path from 'node:path';
import Docker from 'dockerode';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ContainerFiles, filesCounted } from '#agents/drivers/docker/container-files.js';
import { DockerDriver } from '#agents/drivers/docker/docker-driver.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { codedLog } from '#agents/platform/log.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { logger } from '../../../src/fleet/nodes/cluster.js';
import { UNSET } from '../../support/settings.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(120_000 * PATIENCE);

const MEBIBYTE = 1_048_576;
const WRITE = 'dd if=/dev/zero bs=1M count=30';
/** Creates empty files. */
const touch = (folder: string, count: number): string =>
  `i=0; while [ $i -lt ${count} ]; do : > ${folder}/$i; i=$((i+1)); done`;

/** The client of a daemon whose data directory is not on this machine. */
function daemonElsewhere(socketPath: string): Docker {
  const docker = new Docker({ socketPath });
  const getContainer = docker.getContainer.bind(docker);
  docker.getContainer = (id) => {
    const container = getContainer(id);
    const inspect = container.inspect.bind(container);
    container.inspect = async () => {
      const found = await inspect();
      return { ...found, HostnamePath: `/elsewhere${found.HostnamePath}` };
    };
    return container;
  };
  return docker;
}

void t.test("ends a tenant's container that exceeds its disk limits", { skip }, async (t) => {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  await daemon.importImage('with-volume', ['VOLUME /unnamed']);
  const directory = ownFolder(t);
  chmodSync(directory, 0o711);
  const life = new AbortController();
  const driver = new DockerDriver({
    docker: daemon.docker,
    nodeId: 'n',
    publishHost: '127.0.0.1',
    clock: systemClock,
    log: codedLog(logger),
    life: life.signal,
    logBounds: UNSET.logBounds,
    users: { separation: 'none', range: UNSET.taskUids },
    reach: { look: async () => await Promise.reject(new Error('nothing is pulled')), check: () => undefined },
    disk: {
      limits: { bytes: 20 * MEBIBYTE, files: 100 },
      volumeLimits: { bytes: 25 * MEBIBYTE, files: 150 },
      lookMs: 500,
    },
  });
  const running = driver.run(() => true, life.signal);
  t.teardown(async () => {
    life.abort();
    await running;
  });
  let made = 0;
  const start = async (
    script: string,
    { owner, image = 'busybox', volume }: { owner?: string; image?: string; volume?: string } = {},
  ) => {
    const allocationId = `a${(made += 1)}`;
    const spec: TaskSpec<DockerConfig> = {
      nodeId: 'n',
      epoch: 1,
      allocationId,
      jobId: 'j',
      group: 'g',
      gpuDevices: [],
      directory: path.join(directory, allocationId, 'main'),
      task: {
        name: 'main',
        driver: 'docker',
        ...(volume !== undefined && { volumes: [{ name: volume, path: '/data' }] }),
      },
      config: { image, command: 'sh', args: ['-c', script] },
      ...(owner !== undefined && { networkOwner: owner }),
    };
    await driver.prepare(spec, life.signal);
    return await driver.start(spec, life.signal);
  };
  const over = (whose: string, setting: string) => ({
    exitCode: 137,
    problem: new RegExp(`^${whose} used more than [\\d.]+ MiB of disk \\(${setting}\\)$`),
  });
  const unlinked = (folder: string): string =>
    `exec 5>${folder}/x; rm ${folder}/x; head -c 30000000 /dev/zero >&5; sleep 600`;
  const sparse = 'truncate -s 1G /sparse; truncate -s 1G /data/sparse; : > /kept; ln /kept /linked';
  const [
    layer,
    unnamed,
    named,
    unlinkedLayer,
    unlinkedVolume,
    small,
    operators,
    emptyFiles,
    emptyUnnamed,
    emptyNamed,
  ] = await Promise.all([
    start(`${WRITE} of=/fill; sleep 600`, { owner: 'one' }),
    start(`${WRITE} of=/unnamed/fill; sleep 600`, { owner: 'one', image: 'with-volume' }),
    start(`${WRITE} of=/data/fill; sleep 600`, { owner: 'one', volume: 'shop.pages' }),
    start(unlinked('/var'), { owner: 'one' }),
    start(unlinked('/data'), { owner: 'one', volume: 'shop.unlinked' }),
    start(
      `${sparse}; exec 6>/dev/shm/x; rm /dev/shm/x; head -c 30000000 /dev/zero >&6; dd if=/dev/zero bs=1M count=10 of=/fill; dd if=/dev/zero bs=1M count=21 of=/data/fill; ${touch('/var', 90)}; ${touch('/data', 140)}; sleep 600`,
      { owner: 'two', volume: 'small' },
    ),
    start(`${WRITE} of=/fill; ${WRITE} of=/data/fill; ${touch('/var', 200)}; sleep 600`, {
      volume: 'operators',
    }),
    start(`${touch('/var', 101)}; sleep 600`, { owner: 'one' }),
    start(`${touch('/unnamed', 101)}; sleep 600`, { owner: 'one', image: 'with-volume' }),
    start(`${touch('/data', 151)}; sleep 600`, { owner: 'one', volume: 'shop.many' }),
  ]);
  t.match(await layer.exit, over('it', 'MUSTER_TASK_DISK_MIB'));
  t.match(
    await unnamed.exit,
    over('it', 'MUSTER_TASK_DISK_MIB'),
    'a volume that the image declares counts towards the container’s limit',
  );
  t.match(await named.exit, over('its volume pages', 'MUSTER_VOLUME_DISK_MIB'));
  t.match(await unlinkedLayer.exit, over('it', 'MUSTER_TASK_DISK_MIB'), 'a deleted file that is open counts');
  t.match(await unlinkedVolume.exit, over('its volume unlinked', 'MUSTER_VOLUME_DISK_MIB'));
  const tooMany = (whose: string, limit: number, setting: string) => ({
    exitCode: 137,
    problem: `${whose} had more than ${limit} files and directories (${setting})`,
  });
  t.match(
    await emptyFiles.exit,
    tooMany('it', 100, 'MUSTER_TASK_FILES'),
    'empty files count towards the file limit',
  );
  t.match(await emptyUnnamed.exit, tooMany('it', 100, 'MUSTER_TASK_FILES'));
  t.match(await emptyNamed.exit, tooMany('its volume many', 150, 'MUSTER_VOLUME_FILES'));
  const states = async () =>
    await Promise.all(
      [small, operators].map(
        async ({ containerId = '' }) => (await daemon.docker.getContainer(containerId).inspect()).State,
      ),
    );
  await systemClock.sleep(1500, life.signal);
  t.match(
    await states(),
    [{ Running: true }, { Running: true }],
    'a container below its limits and an operator’s container keep running',
  );

  t.match(await driver.fingerprint(new Set()), { 'docker.files_counted': 'all' });
  const elsewhere = new ContainerFiles(daemonElsewhere(daemon.socketPath), life.signal);
  const places = await elsewhere.places(small.containerId ?? '');
  const most = { bytes: Number.POSITIVE_INFINITY, files: 1000 };
  const list = async () => (await elsewhere.ofContainer(small.containerId ?? '', places, most)).files;
  await eventually(async () => (await list()) >= 90, { what: 'the last file that the container creates' });
  const listed = await list();
  t.ok(
    listed >= 90 && listed <= 100,
    `the daemon lists the container's files if its data directory is elsewhere: ${listed}`,
  );
  t.match(
    await elsewhere.ofVolume(small.containerId ?? '', 'small', places, most),
    { bytes: undefined, files: 0 },
    'files in volumes are not counted if the data directory is elsewhere',
  );
  t.equal(await filesCounted(path.join(directory, 'no', 'data')), 'without_volumes');
  for (const task of [small, operators]) await task.stop(0);
});
