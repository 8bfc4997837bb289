import t, { type Test } from 'tap';
import type { AllocationOrder, ContractTask } from '#domain/protocol/index.js';
import { ContainerExec } from '#agents/drivers/docker/container-exec.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent, startAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

type Checks = NonNullable<ContractTask['checks']>;

/** Serves its folder on port 80: 404 until `ready` exists. */
const SERVE = `sh -c 'mkdir -p /srv && cd /srv && exec httpd -f -p 80'`;
/** Serves its folder on port 80, with `ready` from the start, so that no grace period can end before a slow test creates it. */
const SERVE_READY = `sh -c 'mkdir -p /srv && touch /srv/ready && cd /srv && exec httpd -f -p 80'`;
const quick = { interval_seconds: 0.3, timeout_seconds: 5, failures: 2 };

async function peerOf(t: Test): Promise<PeerServer> {
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  return peer;
}

/** Resolves to the last report of an allocation once it has failed, which happens only after the grace period. */
async function failed(peer: PeerServer, id: string) {
  await until(
    () => peer.reports.get(id)?.status === 'failed',
    () => `${id} is ${JSON.stringify(peer.reports.get(id))}`,
    60,
  );
  return peer.reports.get(id);
}

async function inside(daemon: Dockerd, allocation: string, ...words: string[]): Promise<void> {
  const [found] = await daemon.docker.listContainers({
    filters: { label: [`muster.allocation=${allocation}`] },
  });
  const exec = await daemon.docker
    .getContainer(found?.Id ?? '')
    .exec({ Cmd: words, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  stream.resume();
  await new Promise((resolve) => stream.once('end', resolve));
}

void t.test('containers', { skip }, async (t) => {
  const daemon = await startDockerd({ liveRestore: true });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');

  const begun = async (t: Test, checks: Checks, command = SERVE) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const subject = order({ image: 'busybox:1', command, kill_timeout: 0, checks });
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    const id = subject.allocation_id;
    await peer.reported(id, 'running', 'failed');
    return { peer, id, task: () => peer.reports.get(id)?.tasks['main'] };
  };

  await t.test('report the digest of their image and the time at which it was ready', async (t) => {
    const { task } = await begun(t, [{ type: 'exec', command: ['true'] }]);
    const { Id } = await daemon.docker.getImage('busybox:1').inspect();
    t.equal(task()?.image_digest, Id, 'an image without a registry is named by its id');
    t.ok((task()?.prepared_time ?? Infinity) <= (task()?.start_time ?? 0) + 1);
  });

  await t.test('start from the image digest in the order if the node still has that image', async (t) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const named = async (from: string): Promise<string> => {
      await daemon.docker.getImage(from).tag({ repo: 'localhost:1/app', tag: '1' });
      return (await daemon.docker.getImage(from).inspect()).Id;
    };
    await daemon.importImage('busybox:2', ['ENV WHICH=two']);
    const [first, moved] = [await named('busybox:1'), await named('busybox:2')];
    const digest = async (
      images: NonNullable<AllocationOrder['images']>,
    ): Promise<string | null | undefined> => {
      const subject = {
        ...order({ image: 'localhost:1/app:1', command: 'sleep 1000', kill_timeout: 0 }),
        images,
      };
      peer.want(subject);
      await call('POST', `${agent.url}/allocations`, subject);
      const { tasks } = await peer.reported(subject.allocation_id, 'running', 'failed');
      peer.unwant(subject.allocation_id);
      return tasks['main']?.image_digest ?? tasks['main']?.message;
    };
    t.equal(await digest({ main: { image_digest: first } }), first);
    t.equal(await digest({}), moved);
    t.equal(
      await digest({ main: { image_digest: `sha256:${'0'.repeat(64)}` } }),
      moved,
      'an unknown image digest falls back to the local image of that name',
    );
    t.equal(
      await digest({ main: { pull_image: true } }),
      moved,
      'a repeated pull falls back to the local image, because no registry has it',
    );
  });

  await t.test(
    'are healthy once their own address responds, without published ports',
    { skip: !daemon.network },
    async (t) => {
      const http = { type: 'http' as const, port: 80, path: '/ready', ...quick, grace_seconds: 60 };
      const { id, task } = await begun(t, [{ type: 'tcp', port: 80, ...quick }, http]);
      t.notOk(task()?.healthy);
      await inside(daemon, id, 'touch', '/srv/ready');
      await until(() => task()?.healthy === true);
      t.equal(task()?.health_message, 'http 80/ready: answered 200');
    },
  );

  await t.test(
    'are stopped with a reason after they stop responding',
    { skip: !daemon.network },
    async (t) => {
      const http = { type: 'http' as const, port: 80, path: '/ready', ...quick, grace_seconds: 10 };
      const { id, task, peer } = await begun(t, [http], SERVE_READY);
      await until(() => task()?.healthy === true);
      await inside(daemon, id, 'rm', '/srv/ready');
      const message = 'check http 80/ready failed 2 times in a row: answered 404';
      t.match(await failed(peer, id), {
        message: `task main: ${message}`,
        tasks: { main: { healthy: false, message } },
      });
    },
  );

  await t.test('can be checked by a program that runs inside them', async (t) => {
    const check = { type: 'exec' as const, command: ['test', '-e', '/srv/ready'], ...quick };
    const { id, task, peer } = await begun(t, [{ ...check, grace_seconds: 10 }], SERVE_READY);
    await until(() => task()?.healthy === true);
    await inside(daemon, id, 'rm', '/srv/ready');
    t.match(await failed(peer, id), {
      tasks: { main: { message: 'check exec test failed 2 times in a row: exited with code 1' } },
    });
  });

  await t.test(
    "fail if the check's program is missing or hangs, and a hanging program is killed",
    async (t) => {
      const slow = await begun(t, [
        {
          type: 'exec',
          command: ['sh', '-c', 'sleep 4321; true'],
          ...quick,
          timeout_seconds: 0.5,
          grace_seconds: 0,
          // The program must be seen before the last failure, which ends the container.
          failures: 10,
        },
      ]);
      const pids = async (): Promise<string> => {
        const [found] = await daemon.docker.listContainers({
          filters: { label: [`muster.allocation=${slow.id}`] },
        });
        return found === undefined ? '' : JSON.stringify(await daemon.docker.getContainer(found.Id).top());
      };
      await until(async () => (await pids()).includes('4321'));
      await until(async () => !(await pids()).includes('4321'));
      t.match(await failed(slow.peer, slow.id), {
        tasks: { main: { message: 'check exec sh failed 10 times in a row: no answer within 0.5 s' } },
      });
      const absent = await begun(t, [
        { type: 'exec', command: ['no-such-program'], ...quick, grace_seconds: 0 },
      ]);
      t.match(await failed(absent.peer, absent.id), {
        tasks: {
          main: {
            message:
              /^check exec no-such-program failed 2 times in a row: could not be started: exec: "no-such-program": executable file not found/,
          },
        },
      });
    },
  );

  await t.test("have the health that their image's own check finds, unless they have checks", async (t) => {
    const ready =
      'HEALTHCHECK --interval=1s --timeout=5s --retries=1 CMD test -e /ready || { echo absent; false; }';
    await daemon.importImage('checked:1', [ready]);
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const task = { image: 'checked:1', command: SERVE_READY, kill_timeout: 0 };
    const check = { type: 'http' as const, port: 80, path: '/ready', ...quick };
    const [subject, own] = [order(task), order({ ...task, checks: [check] })];
    peer.want(subject, own);
    const told = (id: string) => peer.reports.get(id)?.tasks['main'];
    const becomes = async (healthy: boolean) =>
      await until(
        () => told(subject.allocation_id)?.healthy === healthy,
        () => JSON.stringify(peer.reports.get(subject.allocation_id)),
        60,
      );
    await becomes(false);
    t.match(told(subject.allocation_id), {
      status: 'running',
      checked: true,
      health_message: /^the HEALTHCHECK of the image failed \d+ times in a row: exited with code 1: absent$/,
    });
    await inside(daemon, subject.allocation_id, 'touch', '/ready');
    await becomes(true);
    await until(() => told(own.allocation_id)?.healthy === true);
    await inside(daemon, subject.allocation_id, 'rm', '/ready');
    await becomes(false);
    await agent.stop();
    const next = await PeerServer.start();
    t.teardown(() => next.close());
    await startAgent(t, { dataDir, serverUrl: next.url, dockerSocket: daemon.socketPath });
    next.want(subject, own);
    t.match(
      await next.reported(subject.allocation_id, 'running'),
      { tasks: { main: { healthy: false } } },
      'an unhealthy container runs on, after an agent restart too',
    );
    t.match(next.reports.get(own.allocation_id), { status: 'running', tasks: { main: { healthy: true } } });
  });

  await t.test(
    'are still checked after an agent restart, and remain healthy while the daemon is down',
    async (t) => {
      const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
      const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
      const first = await spawnAgent(t, options);
      const checks: Checks = [
        { type: 'exec', command: ['test', '-e', '/srv/ready'], ...quick, grace_seconds: 10 },
      ];
      const subject = order({ image: 'busybox:1', command: SERVE_READY, kill_timeout: 0, checks });
      const id = subject.allocation_id;
      const task = () => peer.reports.get(id)?.tasks['main'];
      peer.want(subject);
      await call('POST', `${first.url}/allocations`, subject);
      await peer.reported(id, 'running');
      await until(() => task()?.healthy === true);
      const [started, since] = [task()?.start_time ?? 0, task()?.health_time];
      await first.kill('SIGKILL');
      peer.reports.delete(id);
      await spawnAgent(t, options);
      await peer.reported(id, 'running');
      await until(() => Date.now() / 1000 > started + 10, undefined, 60);
      await daemon.halt('SIGKILL');
      const heard = peer.heartbeats.length;
      await until(() => peer.heartbeats.length > heard + 3);
      await daemon.start();
      t.match(task(), { status: 'running', healthy: true, health_time: since });
      await inside(daemon, id, 'rm', '/srv/ready');
      t.match(await failed(peer, id), {
        tasks: { main: { message: 'check exec test failed 2 times in a row: exited with code 1' } },
      });
    },
  );
});

void t.test(
  "a container can be checked again after a daemon restart has interrupted a check's program",
  { skip },
  async (t) => {
    const daemon = await startDockerd({ liveRestore: true });
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox:1');

    const container = await daemon.docker.createContainer({ Image: 'busybox:1', Cmd: ['sleep', '600'] });
    await container.start();
    const checks = new ContainerExec(daemon.docker, container.id);
    const timeUp = new AbortController();
    const interrupted = checks.run(['sleep', '300'], timeUp.signal).catch(() => 'interrupted');
    await until(async () => JSON.stringify(await container.top()).includes('sleep 300'));
    // The daemon dies just as the check times out, so the agent can neither end the program nor query its state.
    timeUp.abort();
    await daemon.halt('SIGKILL');
    t.equal(await interrupted, 'interrupted');
    await daemon.start();
    t.equal(await checks.run(['true'], AbortSignal.timeout(60_000)), 0);
  },
);
