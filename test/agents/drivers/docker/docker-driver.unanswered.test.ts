import type Docker from 'dockerode';
import t, { type Test } from 'tap';
import { DockerDriver } from '#agents/drivers/docker/docker-driver.js';
import { TaskRefusedError, TaskStartError, type TaskSpec } from '#agents/drivers/driver.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';
import { UNSET } from '../../support/settings.js';

t.setTimeout(120_000 * PATIENCE);

const silence = (): void => undefined;

interface Scene {
  readonly daemon: Dockerd;
  readonly driver: DockerDriver;
  readonly life: AbortSignal;
  readonly spec: (allocationId: string) => TaskSpec<DockerConfig>;
}

/** `starts`: starts a container in the place of the daemon. */
async function scene(
  t: Test,
  starts: (start: () => Promise<unknown>, daemon: Dockerd) => Promise<void>,
  inspects = async (inspect: () => Promise<Docker.ContainerInspectInfo>) => await inspect(),
): Promise<Scene | undefined> {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return undefined;
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:test');
  const ended = new AbortController();
  const life = ended.signal;
  const docker = Object.create(daemon.docker) as Docker;
  docker.getContainer = (id) => {
    const container = daemon.docker.getContainer(id);
    const start = container.start.bind(container);
    const inspect = container.inspect.bind(container);
    container.start = async () => await starts(async () => await start(), daemon);
    container.inspect = async () => await inspects(async () => await inspect());
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
  return { daemon, driver, life, spec };
}

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  await work.catch((error: unknown) => error);

void t.test('a task moves from a node without a daemon, unless it may have been started there', async (t) => {
  let isAnswered = true;
  const on = await scene(t, async (start, daemon) => {
    await start();
    if (isAnswered) return;
    await daemon.halt();
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  });
  if (on === undefined) return;
  const { daemon, driver, life, spec } = on;
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

/** The daemon's response if its connection to containerd or the shim breaks. */
function broken(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 500, json: { message } });
}

void t.test('a task moves after an error of containerd only if its container was not started', async (t) => {
  let before: 'started' | 'not-started' | 'silent' = 'started';
  let isInspected = true;
  let said = '';
  const on = await scene(
    t,
    async (start) => {
      if (before === 'started') await start();
      isInspected = before !== 'silent';
      throw broken(said);
    },
    async (inspect) => {
      if (!isInspected) throw broken(said);
      return await inspect();
    },
  );
  if (on === undefined) return;
  const { daemon, driver, life, spec } = on;
  const state = async (id: string): Promise<string> =>
    (await daemon.docker.getContainer(`muster-${id}-main`).inspect()).State.Status;
  const phrases = ['transport is closing', 'ttrpc: closed: unknown', 'context deadline exceeded'];
  for (const [at, words] of phrases.entries()) {
    said = words;
    before = 'started';
    const error = await failure(driver.start(spec(`a${at}`), life));
    t.match(error, { message: /containerd does not respond/ }, words);
    t.notOk(error instanceof TaskRefusedError, 'its container runs');
    t.equal(await state(`a${at}`), 'running');
    before = 'not-started';
    t.ok((await failure(driver.start(spec(`b${at}`), life))) instanceof TaskRefusedError, words);
    await t.rejects(state(`b${at}`), /No such container/);
  }
  before = 'silent';
  const unknown = await failure(driver.start(spec('c'), life));
  t.match(unknown, { message: /containerd does not respond/ });
  t.notOk(unknown instanceof TaskRefusedError, 'nothing is known about its container');
});
