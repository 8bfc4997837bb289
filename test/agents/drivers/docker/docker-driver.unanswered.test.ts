import type Docker from 'dockerode';
import t from 'tap';
import { DockerDriver } from '#agents/drivers/docker/docker-driver.js';
import { TaskRefusedError, TaskStartError, type TaskSpec } from '#agents/drivers/driver.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';
import { UNSET } from '../../support/settings.js';

t.setTimeout(120_000 * PATIENCE);

const silence = (): void => undefined;

void t.test('a task moves from a node without a daemon, unless it may have been started there', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:test');
  const ended = new AbortController();
  const life = ended.signal;
  let isAnswered = true;
  const docker = Object.create(daemon.docker) as Docker;
  docker.getContainer = (id) => {
    const container = daemon.docker.getContainer(id);
    const start = container.start.bind(container);
    container.start = async () => {
      await start();
      if (isAnswered) return;
      await daemon.halt();
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
    return container;
  };
  const driver = new DockerDriver({
    docker,
    nodeId: 'n',
    publishHost: '127.0.0.1',
    clock: systemClock,
    log: { debug: silence, info: silence, warn: silence, error: silence },
    life,
    logBounds: UNSET.logBounds,
    users: { separation: 'none', range: UNSET.taskUids },
    reach: { look: async () => await Promise.reject(new Error('nothing is pulled')), check: silence },
    disk: { limits: UNSET.taskDisk, volumeLimits: UNSET.volumeLimits },
    startTimeoutMs: 1000,
  });
  const running = driver.run(() => true, life);
  t.teardown(async () => {
    ended.abort();
    await running;
  });
  const spec = (allocationId: string): TaskSpec<DockerConfig> => ({
    nodeId: 'n',
    epoch: 1,
    allocationId,
    jobId: 'j',
    group: 'g',
    gpuDevices: [],
    directory: ownFolder(t),
    task: { name: 'main', driver: 'docker' },
    config: { image: 'busybox:test', command: 'sleep 600' },
  });
  const failure = async (work: Promise<unknown>): Promise<unknown> =>
    await work.catch((error: unknown) => error);
  t.ok((await driver.start(spec('a1'), life)).containerId);
  isAnswered = false;
  const unknown = await failure(driver.start(spec('a2'), life));
  t.match(unknown, { message: 'the Docker daemon does not respond' });
  t.notOk(unknown instanceof TaskRefusedError, 'its container may be running');
  for (const work of [driver.prepare(spec('a3'), life), driver.start(spec('a3'), life)]) {
    const refused = await failure(work);
    t.ok(refused instanceof TaskRefusedError, String(refused));
    t.ok(refused instanceof TaskStartError);
  }
  await daemon.start();
});
