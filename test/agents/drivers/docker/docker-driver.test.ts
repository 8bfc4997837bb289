import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { call, order, spawnAgent, startAgent, statusOf } from '../../support/agent.js';
import { logText } from '../../support/log-text.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

async function startAll(t: Test, daemon: Dockerd) {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
  return { dataDir, peer, agent };
}

/** Lists the containers of one agent, because containers of earlier agents remain until the next agent starts on the same data. */
async function containersOf(daemon: Dockerd, { nodeId }: { readonly nodeId: string }) {
  return await daemon.docker.listContainers({ all: true, filters: { label: [`muster.node=${nodeId}`] } });
}

void t.test('containers', { skip }, async (t) => {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  await daemon.importImage('web:1', ['EXPOSE 80/tcp']);
  await daemon.importImage('shell', ['CMD ["sh"]']);

  await t.test('run to their exit code and leave a log', async (t) => {
    const { agent, peer, dataDir } = await startAll(t, daemon);
    await until(() => peer.registrations.length > 0);
    t.match(peer.registrations[0], { attributes: { 'docker.version': /^\d/ } });
    t.ok(['docker', 'exec'].every((driver) => peer.registrations[0]?.drivers?.includes(driver)));
    const subject = order({
      image: 'busybox',
      command: `sh -c 'echo "a  b"; echo err >&2; env; id; exit 3'`,
      env: { GREETING: 'hello "you"' },
      user: 'nobody',
      work_dir: '/tmp',
    });
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    t.match(await peer.reported(subject.allocation_id, 'failed'), {
      tasks: { main: { exit_code: 3, message: 'exited with code 3' } },
    });
    await until(async () => (await containersOf(daemon, agent)).length === 0);
    const { body } = await call<string>(
      'GET',
      `${agent.url}/allocations/${subject.allocation_id}/logs?type=stdout`,
    );
    t.match(body, /^a {2}b\n/);
    t.match(body, /GREETING=hello "you"\n/);
    t.match(body, new RegExp(`MUSTER_ALLOC_ID=${subject.allocation_id}\n`));
    t.match(body, /uid=65534/);
    t.equal(
      logText(path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs'), 'stderr'),
      'err\n',
    );
  });

  await t.test('run without a shell, with limits, labels and hardening', async (t) => {
    const { agent, peer } = await startAll(t, daemon);
    const command = `sh -c 'sleep 1000' "a  b" $HOME;`;
    const port = await freePort();
    const subject = order({
      image: 'busybox',
      args: ['$(id)', '*'],
      resources: { cpu: 500, memory: 32 },
      kill_timeout: 0,
      config: { image: 'busybox', command, port },
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    const [container] = await daemon.docker.listContainers({
      all: true,
      filters: { label: [`muster.allocation=${subject.allocation_id}`] },
    });
    const found = await daemon.docker.getContainer(container?.Id ?? '').inspect();
    t.match(found, {
      Config: {
        Cmd: ['sh', '-c', 'sleep 1000', 'a  b', '$HOME;', '$(id)', '*'],
        Labels: {
          'muster.job': subject.job_id,
          'muster.node': agent.nodeId,
          'muster.task': 'main',
          'muster.epoch': '1',
        },
      },
      HostConfig: {
        Memory: 33_554_432,
        MemorySwap: 33_554_432,
        NanoCpus: 500_000_000,
        Binds: null,
        Privileged: false,
        SecurityOpt: ['no-new-privileges'],
        PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
        LogConfig: { Type: 'json-file', Config: { 'max-file': '5' } },
      },
    });
    t.equal((await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`)).status, 200);
    await peer.reported(subject.allocation_id, 'stopped');
  });

  await t.test(
    'with a terminal and open stdin run until stopped, and have a single unframed log',
    async (t) => {
      const { agent, peer } = await startAll(t, daemon);
      const shell = order({ image: 'shell', tty: true, open_stdin: true, kill_timeout: 0 });
      const words = order({
        image: 'busybox',
        tty: true,
        command: `sh -c 'test -t 1 && echo terminal; echo err >&2; head -c 20000 /dev/zero | tr "\\0" "x"; sleep 0.5; echo; echo end'`,
      });
      const closed = order({ image: 'shell' });
      peer.want(shell, words, closed);
      t.match(
        await peer.reported(closed.allocation_id, 'complete'),
        { tasks: { main: { exit_code: 0 } } },
        'without a terminal and stdin a shell ends at once',
      );
      const running = await peer.reported(shell.allocation_id, 'running');
      const [container] = await daemon.docker.listContainers({
        all: true,
        filters: { label: [`muster.allocation=${shell.allocation_id}`] },
      });
      t.match(running, {
        tasks: { main: { container_id: container?.Id } },
      });
      const log = `${agent.url}/allocations/${words.allocation_id}/logs`;
      const expected = `terminal\r\nerr\r\n${'x'.repeat(20_000)}\r\nend\r\n`;
      await peer.reported(words.allocation_id, 'running', 'complete');
      t.equal(
        (await call('GET', `${log}?follow=true`)).body,
        expected,
        'the log can be followed while the container runs',
      );
      t.match(await peer.reported(words.allocation_id, 'complete'), {
        tasks: { main: { container_id: /^[0-9a-f]{64}$/ } },
      });
      await until(async () => (await containersOf(daemon, agent)).length === 1);
      t.equal((await call('GET', log)).body, expected, 'the log is complete after the container was removed');
      t.equal(
        (await call('GET', `${log}?type=stderr`)).body,
        '',
        'standard error is part of the terminal output',
      );
      await until(
        async () =>
          /built-in shell \(ash\)/.test(
            (await call<string>('GET', `${agent.url}/allocations/${shell.allocation_id}/logs`)).body,
          ),
        () => 'the shell does not print its banner',
      );
      t.match(await statusOf(agent.url, shell.allocation_id), {
        status: 'running',
        tasks: { main: { container_id: container?.Id } },
      });
      peer.unwant(shell.allocation_id);
      t.match(await peer.reported(shell.allocation_id, 'stopped'), {
        tasks: { main: { container_id: container?.Id } },
      });
    },
  );

  await t.test(
    'publish the configured container port, or the only exposed one',
    { skip: !daemon.network },
    async (t) => {
      const { agent, peer } = await startAll(t, daemon);
      const serve = (port: number, listen: number, extra = {}) =>
        order({
          kill_timeout: 0,
          config: {
            image: 'web:1',
            command: `sh -c 'mkdir /w; echo page$MUSTER_PORT > /w/index.html; exec httpd -f -p ${listen} -h /w'`,
            port,
            ...extra,
          },
        });
      const [first, second, taken] = [await freePort(), await freePort(), await freePort()];
      const [exposed, named] = [serve(first, 80), serve(second, 8080, { container_port: 8080 })];
      peer.want(exposed, named);
      for (const each of [exposed, named]) await call('POST', `${agent.url}/allocations`, each);
      for (const [port, page] of [
        [first, 'page80\n'],
        [second, 'page8080\n'],
      ] as const) {
        let text = '';
        await until(
          async () =>
            (text = await fetch(`http://127.0.0.1:${port}/`).then(
              (answer) => answer.text(),
              () => '',
            )) !== '',
        );
        t.equal(text, page);
      }
      peer.unwant(exposed.allocation_id, named.allocation_id);
      for (const each of [exposed, named])
        await call('DELETE', `${agent.url}/allocations/${each.allocation_id}`);
      await peer.reported(exposed.allocation_id, 'stopped');
      await peer.reported(named.allocation_id, 'stopped');

      const stranger = createServer().listen(taken, '0.0.0.0');
      t.teardown(() => stranger.close());
      await once(stranger, 'listening');
      const refused = serve(taken, 80);
      peer.want(refused);
      await call('POST', `${agent.url}/allocations`, refused);
      t.match(
        (await peer.reported(refused.allocation_id, 'failed')).message,
        new RegExp(`${taken}.*(address already in use|already allocated)`),
      );
      await until(async () => (await containersOf(daemon, agent)).length === 0);
    },
  );

  await t.test("fail with Docker's message if they cannot be created or started", async (t) => {
    const { agent, peer } = await startAll(t, daemon);
    const absent = order({ image: 'localhost:1/no/such:image', command: 'true' });
    const broken = order({ image: 'busybox', command: '/no/such/program' });
    const unclosed = order({ image: 'busybox', command: 'echo "a' });
    const group = order(
      { image: 'busybox', command: '/no/such/program' },
      { image: 'busybox', command: 'sleep 1000' },
    );
    peer.want(absent, broken, unclosed, group);
    t.match((await peer.reported(absent.allocation_id, 'failed')).message, /image pull failed: /);
    t.match((await peer.reported(broken.allocation_id, 'failed')).message, /no such file or directory/);
    t.match((await peer.reported(unclosed.allocation_id, 'failed')).message, /unclosed "/);
    t.match(await peer.reported(group.allocation_id, 'failed'), {
      tasks: { main: { status: 'failed' }, side1: { status: 'stopped' } },
    });
    await until(
      async () => (await containersOf(daemon, agent)).length === 0,
      () => 'containers are left',
    );
  });

  await t.test('fail with a reason if they use too much memory', async (t) => {
    const { peer } = await startAll(t, daemon);
    const subject = order({
      image: 'busybox',
      command: `sh -c 'x=a; while :; do x=$x$x; done'`,
      resources: { cpu: 1000, memory: 16 },
    });
    peer.want(subject);
    t.match(await peer.reported(subject.allocation_id, 'failed'), {
      tasks: { main: { exit_code: 137, error: 'out of memory', message: /^out of memory/ } },
    });
  });

  await t.test('are stopped with SIGTERM and SIGKILL, and after max_run_seconds', async (t) => {
    const { agent, peer } = await startAll(t, daemon);
    const stubborn = order({
      image: 'busybox',
      command: `sh -c 'trap "" TERM; while :; do sleep 0.1; done'`,
      kill_timeout: 1,
    });
    const polite = order({
      image: 'busybox',
      command: `sh -c 'trap "echo bye; exit 9" TERM; echo ready; while :; do sleep 0.05; done'`,
    });
    const long = order({ image: 'busybox', command: 'sleep 1000', max_run_seconds: 0.5, kill_timeout: 0 });
    peer.want(stubborn, polite, long);
    await peer.reported(stubborn.allocation_id, 'running');
    await peer.reported(polite.allocation_id, 'running');
    await until(async () => (await statusOf(agent.url, polite.allocation_id)).status === 'running');
    // Without its trap, the first process of a container ignores SIGTERM.
    await until(
      async () =>
        (await call<string>('GET', `${agent.url}/allocations/${polite.allocation_id}/logs`)).body ===
        'ready\n',
    );
    await Promise.all(
      [stubborn, polite].map((each) => call('DELETE', `${agent.url}/allocations/${each.allocation_id}`)),
    );
    t.match(await peer.reported(stubborn.allocation_id, 'stopped'), { tasks: { main: { exit_code: 137 } } });
    t.match((await peer.reported(long.allocation_id, 'failed')).message, /ran longer than 0.5 s/);
    await peer.reported(polite.allocation_id, 'stopped');
    t.equal(
      (await call('GET', `${agent.url}/allocations/${polite.allocation_id}`)).status,
      404,
      'the deleted allocation is unknown',
    );
    t.match(
      (await call('GET', `${agent.url}/allocations/${polite.allocation_id}/logs`)).body,
      /bye/,
      'the log of the deleted allocation is retained',
    );
  });

  await t.test('report their resource usage, and their log can be followed', async (t) => {
    const { agent, peer } = await startAll(t, daemon);
    const subject = order({
      image: 'busybox',
      command: `sh -c 'for i in 1 2 3; do echo $i; x=$(head -c 3000000 /dev/zero | tr "\\0" a); sleep ${0.7 * PATIENCE}; done'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    t.equal(
      (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?follow=true`)).body,
      '1\n2\n3\n',
    );
    const { tasks } = await peer.reported(subject.allocation_id, 'complete');
    t.match(tasks.main?.usage, {
      memory_peak_mb: Number,
      memory_average_mb: Number,
      cpu_average: Number,
      cpu_peak: Number,
    });
  });

  await t.test('return the last lines of their log, even while it grows', async (t) => {
    const { agent, peer, dataDir } = await startAll(t, daemon);
    const subject = order({
      image: 'busybox',
      command: `sh -c 'for i in $(seq 1 15); do echo $i; done; for i in $(seq 1 30); do echo e$i >&2; done; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo 16'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    const log = `${agent.url}/allocations/${subject.allocation_id}/logs`;
    await until(async () => (await call<string>('GET', `${log}?type=stderr`)).body.endsWith('e30\n'));
    t.equal((await call('GET', `${log}?type=stderr&tail=2`)).body, 'e29\ne30\n');
    for (const [tail, lines] of [
      [1, '15\n'],
      [2, '14\n15\n'],
      [12, '4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n'],
      [0, ''],
    ] as const) {
      t.equal(
        (await call('GET', `${log}?type=stdout&tail=${tail}`)).body,
        lines,
        `the last ${tail} lines of a running container`,
      );
    }
    // The response begins before the container writes its last line.
    const following = await fetch(`${log}?type=stdout&follow=true&tail=11`);
    const [container] = await daemon.docker.listContainers({
      filters: { label: [`muster.allocation=${subject.allocation_id}`] },
    });
    const go = await daemon.docker.getContainer(container?.Id ?? '').exec({ Cmd: ['touch', '/tmp/go'] });
    await go.start({});
    t.equal(
      await following.text(),
      '5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n',
      'a follower gets the last 11 lines and later output',
    );
    await peer.reported(subject.allocation_id, 'complete');
    const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
    await until(() => logText(logs, 'stdout') !== '');
    t.equal(
      (await call('GET', `${log}?type=stdout&tail=11`)).body,
      '6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n',
      'the last 11 lines are available after the container has ended',
    );
  });

  await t.test('return stdout and stderr in the order in which they were written', async (t) => {
    const { agent, peer, dataDir } = await startAll(t, daemon);
    // Docker reads the two streams independently of each other.
    const pause = 0.2 * PATIENCE;
    const subject = order({
      image: 'busybox',
      command: `sh -c 'for i in 1 2 3 4 5; do echo out $i; sleep ${pause}; echo err $i >&2; sleep ${pause}; done; echo end'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    const log = `${agent.url}/allocations/${subject.allocation_id}/logs`;
    const expected = `${[1, 2, 3, 4, 5].map((line) => `out ${line}\nerr ${line}\n`).join('')}end\n`;
    t.equal((await call('GET', `${log}?follow=true`)).body, expected, 'the followed log keeps the order');
    await peer.reported(subject.allocation_id, 'complete');
    const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
    await until(() => logText(logs, 'stderr') !== '');
    t.equal((await call('GET', log)).body, expected, 'the stored log keeps the order');
    t.equal((await call('GET', `${log}?tail=3`)).body, 'out 5\nerr 5\nend\n');
  });

  await t.test(
    'report the end of their output on request, even if they end while no agent runs',
    async (t) => {
      const dataDir = ownFolder(t);
      const peer = await PeerServer.start();
      t.teardown(() => peer.close());
      const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
      const agent = await spawnAgent(t, options);
      const asking = (task: Parameters<typeof order>[0]) => ({ ...order(task), give_output: ['main'] });
      const writes = 'yes | head -n 9000; sleep 0.5; echo wrong >&2';
      const both = asking({ image: 'busybox', command: `sh -c '${writes}'` });
      const terminal = asking({ image: 'busybox', tty: true, command: `sh -c 'echo shown; echo too >&2'` });
      const nothing = asking({ image: 'busybox', command: 'true' });
      const unasked = order({ image: 'busybox', command: `sh -c '${writes}'` });
      const later = asking({
        image: 'busybox',
        command: `sh -c 'echo begun; until [ -e /go ]; do sleep 0.1; done; echo ended; exit 4'`,
      });
      peer.want(both, terminal, nothing, unasked, later);
      /** Returns the first report of the allocation's end, because results are sent only once. */
      const ofMain = async (
        subject: ReturnType<typeof order>,
        status: 'complete' | 'failed' = 'complete',
      ) => {
        await peer.reported(subject.allocation_id, status);
        const told = peer.heartbeats
          .map(({ allocations }) => allocations?.[subject.allocation_id])
          .find((report) => report?.status === status);
        return told?.tasks['main'] as { result?: Record<string, string> };
      };
      t.same((await ofMain(both)).result, {
        stdout: 'y\n'.repeat((8192 - 'wrong\n'.length) / 2),
        stderr: 'wrong\n',
        last: 'stderr',
      });
      t.same((await ofMain(terminal)).result, { stdout: 'shown\r\ntoo\r\n', stderr: '', last: 'stdout' });
      t.notOk('result' in (await ofMain(nothing)));
      t.notOk('result' in (await ofMain(unasked)));
      await peer.reported(later.allocation_id, 'running');
      await agent.kill('SIGKILL');
      const [container] = await daemon.docker.listContainers({
        all: true,
        filters: { label: [`muster.allocation=${later.allocation_id}`] },
      });
      const left = daemon.docker.getContainer(container?.Id ?? '');
      await (await left.exec({ Cmd: ['touch', '/go'] })).start({ Detach: true });
      await left.wait();
      await spawnAgent(t, options);
      t.match(await ofMain(later, 'failed'), {
        exit_code: 4,
        result: { stdout: 'begun\nended\n', stderr: '' },
      });
    },
  );

  await t.test('are awaited with a single request to the daemon', async (t) => {
    const dataDir = ownFolder(t);
    const asked: string[] = [];
    const front = createServer((socket) => {
      const daemonSide = connect(daemon.socketPath);
      socket.on('data', (data) => asked.push(...(data.toString('latin1').match(/^(GET|POST) \S+/gm) ?? [])));
      socket.pipe(daemonSide).pipe(socket);
      for (const each of [socket, daemonSide])
        each.on('error', () => [socket, daemonSide].forEach((side) => side.destroy()));
    });
    const dockerSocket = path.join(dataDir, 'front.sock');
    await new Promise<void>((resolve) => front.listen(dockerSocket, resolve));
    t.teardown(() => front.close());
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket });
    const subject = order({ image: 'busybox', command: 'sleep 2' });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    t.same(
      asked.filter((each) => each.includes('/wait')).map((each) => each.replace(/[0-9a-f]{64}/, 'ID')),
      ['POST /containers/ID/wait?condition=not-running'],
    );
  });

  await t.test("are removed if they have this node's label but belong to no known allocation", async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const make = (node: string) =>
      daemon.docker.createContainer({
        Image: 'busybox',
        Cmd: ['sleep', '1000'],
        Labels: { 'muster.node': node, 'muster.allocation': 'nobody' },
      });
    const [ours, others] = [await make('node-x'), await make('node-y')];
    await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath, nodeId: 'node-x' });
    await until(async () =>
      ours.inspect().then(
        () => false,
        () => true,
      ),
    );
    t.ok(await others.inspect());
    await others.remove({ force: true });
  });

  await t.test('outlive a killed agent, and keep their exit codes', async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
    let agent = await spawnAgent(t, options);
    const long = order({ image: 'busybox', command: 'sleep 1000', kill_timeout: 0 });
    const orders = [];
    peer.want(long);
    await peer.reported(long.allocation_id, 'running');
    const idOf = async (id: string) =>
      (
        await daemon.docker.listContainers({ all: true, filters: { label: [`muster.allocation=${id}`] } })
      ).map((each) => each.Id);
    const before = await idOf(long.allocation_id);
    for (let round = 0; round < 6; round += 1) {
      const subject = order({ image: 'busybox', command: `sh -c 'sleep 0.2; exit ${round + 1}'` });
      orders.push(subject);
      peer.want(subject);
      void call('POST', `${agent.url}/allocations`, subject).catch(() => undefined);
      // The kill hits every stage of a start: created but not saved, started but not reported.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
      await agent.kill('SIGKILL');
      agent = await spawnAgent(t, options);
      t.ok(
        (await idOf(subject.allocation_id)).length <= 1,
        'an allocation never has more than one container',
      );
    }
    for (const [index, subject] of orders.entries()) {
      t.match(await peer.reported(subject.allocation_id, 'failed'), {
        tasks: { main: { exit_code: index + 1 } },
      });
    }
    t.same(await idOf(long.allocation_id), before, 'the running container was not replaced');
    t.equal(peer.reports.get(long.allocation_id)?.status, 'running');
    peer.unwant(long.allocation_id);
    await peer.reported(long.allocation_id, 'stopped');
  });
});

void t.test('keep running during a restart of the daemon', { skip }, async (t) => {
  const daemon = await startDockerd({ bridge: false, liveRestore: true });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const { peer } = await startAll(t, daemon);
  const subject = order({
    image: 'busybox',
    command: `sh -c 'trap "exit 5" TERM; while :; do sleep 0.1; done'`,
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const [before] = await daemon.docker.listContainers();
  await daemon.halt('SIGTERM');
  const heard = peer.heartbeats.length;
  await until(() => peer.heartbeats.length > heard + 2);
  t.equal(
    peer.reports.get(subject.allocation_id)?.status,
    'running',
    'the last reported status is unchanged while the daemon is down',
  );
  await daemon.start();
  t.equal((await daemon.docker.listContainers())[0]?.Id, before?.Id);
  peer.unwant(subject.allocation_id);
  t.match(await peer.reported(subject.allocation_id, 'stopped'), { tasks: { main: { exit_code: 5 } } });
});
