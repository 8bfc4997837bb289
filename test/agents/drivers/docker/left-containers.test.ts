import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type Docker from 'dockerode';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { DockerDriver } from '#agents/drivers/docker/docker-driver.js';
import { UnknownLogError, type IsKnown, type TaskSpec } from '#agents/drivers/driver.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { isOrdered } from '#agents/runner/another-placement.js';
import { newRecord } from '#agents/runner/new-record.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { order } from '../../support/agent.js';
import { UNSET } from '../../support/settings.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

const [ONE, OTHER] = ['1'.repeat(32), '2'.repeat(32)];
const silence = (): void => undefined;

interface NodeOptions {
  readonly log?: string | undefined;
  readonly known?: Promise<void>;
  readonly formerLogs?: readonly string[];
  readonly isKnown?: IsKnown;
  /** The agent's next look at the containers waits for it. */
  readonly hold?: Promise<void>;
}

/** Starts the driver of an agent with a directory of its own. All agents have the same node id. */
function agentOn(
  t: Test,
  daemon: Dockerd,
  { log, known = Promise.resolve(), formerLogs = [], isKnown = () => true, hold }: NodeOptions,
) {
  const identity = { id: log, known };
  const life = new AbortController();
  const warned: object[] = [];
  const looks = { hold };
  const docker = Object.create(daemon.docker) as Docker;
  docker.listContainers = async (options?: object) => {
    const { hold: held } = looks;
    looks.hold = undefined;
    await held;
    return await daemon.docker.listContainers(options);
  };
  const driver = new DockerDriver({
    docker,
    nodeId: 'n',
    ownWork: new OwnWork('n', identity, formerLogs),
    publishHost: '127.0.0.1',
    clock: systemClock,
    log: { debug: silence, info: silence, warn: (fields) => void warned.push(fields), error: silence },
    life: life.signal,
    logBounds: UNSET.logBounds,
    users: { separation: 'none', range: UNSET.taskUids },
    reach: { look: async () => await Promise.reject(new Error('nothing is pulled')), check: silence },
    disk: { limits: UNSET.taskDisk, volumeLimits: UNSET.volumeLimits },
  });
  const running = driver.run(isKnown, life.signal);
  const end = async (): Promise<void> => {
    life.abort();
    await running;
  };
  t.teardown(end);
  const directory = ownFolder(t);
  const start = async (
    allocationId: string,
    { volume, image = 'busybox' }: { volume?: string; image?: string } = {},
  ): Promise<string> => {
    const spec: TaskSpec<DockerConfig> = {
      nodeId: 'n',
      log: identity.id,
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
      config: { image, command: 'sleep 600' },
    };
    const { containerId = '' } = await driver.start(spec, life.signal);
    return containerId;
  };
  return { identity, driver, start, end, warned, looks };
}

function held(): readonly [hold: Promise<void>, release: () => void] {
  let release: () => void = silence;
  return [new Promise((resolve) => (release = resolve)), () => release()];
}

async function startDaemon(t: Test) {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const isRunning = async (id: string): Promise<boolean> =>
    (await daemon.docker.listContainers()).some(({ Id }) => Id === id);
  return { daemon, isRunning };
}

void t.test('no start has a volume with a container of a former log', { skip }, async (t) => {
  const { daemon, isRunning } = await startDaemon(t);
  const id = randomUUID();
  const former = agentOn(t, daemon, { log: ONE });
  const left = await former.start(id, { volume: 'data' });
  await former.end();

  // The new log has a job of the same name, so its allocation has the same id.
  const record = newRecord({ ...order(), allocation_id: id }, 1, 0, 'boot', OTHER);
  const isKnown: IsKnown = (asked, made) => asked === id && isOrdered(record, made, OTHER);
  const refused = agentOn(t, daemon, { log: OTHER, isKnown });
  await t.rejects(refused.start(id, { volume: 'data' }), {
    message: /but for another one: see muster volume list --unknown$/,
  });
  t.match(refused.warned.at(-1), { volume: 'muster.data', madeFor: ONE, hint: /MUSTER_FORMER_LOGS/ });
  t.ok(await isRunning(left));
  await refused.end();

  const [hold, release] = held();
  const heir = agentOn(t, daemon, { log: OTHER, formerLogs: [ONE], isKnown, hold });
  const next = await heir.start(id, { volume: 'data' });
  t.not(next, left);
  t.notOk(await isRunning(left), 'the container of the former log has ended before');
  t.ok(await isRunning(next));
  release();
});

void t.test('no start after a lost directory has a volume with what is left', { skip }, async (t) => {
  const { daemon, isRunning } = await startDaemon(t);
  const former = agentOn(t, daemon, { log: ONE });
  const [id, next] = [randomUUID(), randomUUID()];
  const left = await former.start(id, { volume: 'data' });
  await former.end();

  const [[known, tell], [hold, release]] = [held(), held()];
  const agent = agentOn(t, daemon, { known, isKnown: (asked) => asked === next });
  await t.rejects(agent.driver.endLeft(id), UnknownLogError, 'it is not reported as stopped while it runs');
  await t.rejects(agent.start(next, { volume: 'data' }), {
    message: /no server has told it the id of its log/,
  });
  t.ok(await isRunning(left));
  agent.looks.hold = hold;
  agent.identity.id = ONE;
  tell();
  const started = await agent.start(next, { volume: 'data' });
  t.notOk(await isRunning(left));
  t.ok(await isRunning(started));
  await agent.driver.endLeft(id);
  release();
});

void t.test('a container has its former name, unless another log has it', { skip }, async (t) => {
  const { daemon } = await startDaemon(t);
  await daemon.importImage('named', [`LABEL muster.log=${OTHER}`]);
  const [id, unknown] = [randomUUID(), randomUUID()];
  const [one, other] = [agentOn(t, daemon, { log: ONE }), agentOn(t, daemon, { log: OTHER })];
  const nameOf = async (container: string): Promise<string> =>
    (await daemon.docker.getContainer(container).inspect()).Name;
  const [first, second] = [await one.start(id), await other.start(id)];
  t.equal(await nameOf(first), `/muster-${id}-main`);
  t.equal(await nameOf(second), `/muster-${id}-main-22222222`);
  t.same([await one.start(id), await other.start(id)], [first, second], 'each finds its own');
  await daemon.docker.getContainer(first).remove({ force: true });
  t.equal(await agentOn(t, daemon, { log: OTHER }).start(id), second, 'also once the first name is free');
  await t.resolves(agentOn(t, daemon, {}).start(unknown, { image: 'named' }), 'whatever its image says');
});
