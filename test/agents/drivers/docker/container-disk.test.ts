import { chmodSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { DockerDriver } from '#agents/drivers/docker/docker-driver.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { codedLog } from '#agents/log.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { logger } from '../../../src/fleet/nodes/cluster.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(120_000);

const MEBIBYTE = 1_048_576;
const WRITE = 'dd if=/dev/zero bs=1M count=30';

void t.test(
  'a tenant’s container that exceeds its disk limits or fills a volume is ended with a reason',
  { skip },
  async (t) => {
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
      reach: { look: async () => await Promise.reject(new Error('nothing is pulled')) },
      disk: { limits: { bytes: 20 * MEBIBYTE, files: 100 }, volumeBytes: 25 * MEBIBYTE, lookMs: 500 },
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
      problem: new RegExp(`^${whose} used more of the disk than 0\\.02\\d* GiB \\(${setting}\\)$`),
    });
    const [layer, unnamed, named, small, operators] = await Promise.all([
      start(`${WRITE} of=/fill; sleep 600`, { owner: 'one' }),
      start(`${WRITE} of=/unnamed/fill; sleep 600`, { owner: 'one', image: 'with-volume' }),
      start(`${WRITE} of=/data/fill; sleep 600`, { owner: 'one', volume: 'shop.pages' }),
      start(
        `dd if=/dev/zero bs=1M count=10 of=/fill; dd if=/dev/zero bs=1M count=21 of=/data/fill; sleep 600`,
        { owner: 'two', volume: 'small' },
      ),
      start(`${WRITE} of=/fill; ${WRITE} of=/data/fill; sleep 600`, { volume: 'operators' }),
    ]);
    t.match(await layer.exit, over('it', 'MUSTER_TASK_DISK_MIB'));
    t.match(
      await unnamed.exit,
      over('it', 'MUSTER_TASK_DISK_MIB'),
      'a volume that an image declares counts as the container’s',
    );
    t.match(await named.exit, over('its volume pages', 'MUSTER_VOLUME_DISK_MIB'));
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
      'what stays below its limits, and what operators run',
    );
    for (const task of [small, operators]) await task.stop(0);
  },
);
