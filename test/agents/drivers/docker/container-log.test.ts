import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ContainerLog } from '#agents/drivers/docker/container-log.js';
import { LogEntries } from '#agents/drivers/docker/log-entries.js';
import { OpenLogs } from '#agents/logs/open-logs.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent, startAgent } from '../../support/agent.js';
import { logText } from '../../support/log-text.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

/** Numbered lines on both streams alternately, some long enough for Docker to split. */
const WRITES = `i=0; while [ $i -lt LINES ]; do i=$((i+1)); echo out$i; [ $((i % 50)) = 0 ] && head -c 60000 /dev/zero | tr "\\0" x; [ $((i % 50)) = 0 ] && echo; echo err$i >&2; done`;
const LONG = 'x'.repeat(60_000);

function expected(lines: number): { stdout: string; stderr: string } {
  const numbers = Array.from({ length: lines }, (_, index) => index + 1);
  return {
    stdout: numbers.map((each) => `out${each}\n${each % 50 === 0 ? `${LONG}\n` : ''}`).join(''),
    stderr: numbers.map((each) => `err${each}\n`).join(''),
  };
}

/** Returns where two texts begin to differ; empty if they are equal. */
function difference(found: string, wanted: string): string {
  if (found === wanted) return '';
  let at = 0;
  while (found[at] === wanted[at]) at += 1;
  return `at ${at} of ${wanted.length}: ${JSON.stringify(found.slice(Math.max(0, at - 40), at + 80))}, not ${JSON.stringify(wanted.slice(Math.max(0, at - 40), at + 80))}`;
}

async function peerOf(t: Test): Promise<PeerServer> {
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  return peer;
}

async function logOf(url: string, { allocation_id: id }: AllocationOrder, query: string): Promise<string> {
  return (await call<string>('GET', `${url}/allocations/${id}/logs?${query}`)).body;
}

async function containerOf(daemon: Dockerd, { allocation_id: id }: AllocationOrder) {
  const [found] = await daemon.docker.listContainers({
    all: true,
    filters: { label: [`muster.allocation=${id}`] },
  });
  return daemon.docker.getContainer(found?.Id ?? '');
}

void t.test('the log of a container', { skip }, async (t) => {
  const daemon = await startDockerd({ bridge: false, liveRestore: true });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');

  await t.test(
    'keeps its beginning and end within the size limit, and reports how much was dropped',
    async (t) => {
      const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
      const bounds = { maxBytes: 65_536, maxFiles: 4 };
      const agent = await startAgent(t, {
        dataDir,
        serverUrl: peer.url,
        dockerSocket: daemon.socketPath,
        logBounds: bounds,
      });
      const subject = order({ image: 'busybox', command: 'seq 1 150000' });
      peer.want(subject);
      await peer.reported(subject.allocation_id, 'complete');
      const written = Array.from({ length: 150_000 }, (_, index) => `${index + 1}\n`).join('');
      const log = await logOf(agent.url, subject, 'type=stdout');
      let position = 0;
      for (const [index, piece] of log
        .split(/(-- muster: \d+ bytes of this log were dropped here --\n)/)
        .entries()) {
        const dropped = /^-- muster: (\d+)/.exec(piece)?.[1];
        // A newline was added to a line that the gap cut.
        const isWhole = written.startsWith(piece, position);
        const kept = isWhole ? piece : piece.slice(0, -1);
        if (dropped === undefined)
          t.ok(written.startsWith(kept, position), `piece ${index} equals what was written`);
        if (index === 0) t.ok(kept.length >= bounds.maxBytes / 2, 'the beginning of the log is retained');
        position += dropped === undefined ? kept.length : Number(dropped);
      }
      t.equal(position, written.length, 'no byte is unaccounted for');
      t.ok(log.includes('dropped here'), 'the log reports a gap');
      const folder = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
      const sizes = await Promise.all(
        (await readdir(folder))
          .filter((name) => name.startsWith('stdout'))
          .map(async (name) => (await stat(path.join(folder, name))).size),
      );
      t.ok(
        sizes.reduce((sum, size) => sum + size, 0) <= bounds.maxBytes * bounds.maxFiles,
        `${sizes.join()} bytes`,
      );
      t.equal(await logOf(agent.url, subject, 'type=stdout&tail=2'), '149999\n150000\n');
    },
  );

  await t.test("equals Docker's log however often its reader restarts", async (t) => {
    const silent = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    const bounds = { maxBytes: 10_485_760, maxFiles: 5 };
    for (let round = 0; round < 8; round += 1) {
      const folder = path.join(ownFolder(t), 'logs');
      const { docker } = daemon;
      const container = await docker.createContainer({
        Image: 'busybox',
        Cmd: ['sh', '-c', WRITES.replace('LINES', '3000')],
      });
      await container.start();
      let hasEnded = false;
      void container.wait().then(() => (hasEnded = true));
      for (let isLast = false; !isLast;) {
        isLast = hasEnded;
        const life = new AbortController();
        const shared = {
          opened: new OpenLogs(bounds),
          clock: systemClock,
          log: silent,
          life: life.signal,
        };
        const log = new ContainerLog({ docker, id: container.id, tty: false, folder, ...shared });
        if (isLast) log.end();
        else {
          await sleep(20 + 40 * round);
          life.abort();
        }
        await log.finished;
      }
      // The declared type is wrong: the response is bytes, not text.
      const kept = (await container.logs({
        stdout: true,
        stderr: true,
        timestamps: true,
        follow: false,
      })) as unknown as Buffer;
      const entries = new LogEntries(false).push(kept);
      for (const stream of ['stdout', 'stderr'] as const) {
        const wanted = Buffer.concat(
          entries.filter((entry) => entry.stream === stream).map(({ bytes }) => bytes),
        );
        t.equal(difference(logText(folder, stream), wanted.toString()), '', stream);
      }
    }
  });

  await t.test('has no gap or duplicate however often the agent is killed', async (t) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
    let agent = await spawnAgent(t, options);
    const lines = 3000;
    const subject = order({ image: 'busybox', command: `sh -c '${WRITES.replace('LINES', String(lines))}'` });
    const late = order({
      image: 'busybox',
      command: `sh -c 'echo first; until [ -e /go ]; do sleep 0.1; done; echo last; echo worst >&2'`,
    });
    peer.want(subject, late);
    await peer.reported(subject.allocation_id, 'running', 'complete');
    for (let round = 0; round < 8; round += 1) {
      await sleep(100 + 90 * round);
      await agent.kill('SIGKILL');
      agent = await spawnAgent(t, options);
    }
    await peer.reported(subject.allocation_id, 'complete');
    const whole = expected(lines);
    t.equal(
      difference(await logOf(agent.url, subject, 'type=stdout'), whole.stdout),
      '',
      'standard output is complete',
    );
    t.equal(
      difference(await logOf(agent.url, subject, 'type=stderr'), whole.stderr),
      '',
      'standard error is complete',
    );

    await peer.reported(late.allocation_id, 'running');
    await agent.kill('SIGKILL');
    const container = await containerOf(daemon, late);
    await (await container.exec({ Cmd: ['touch', '/go'] })).start({ Detach: true });
    await container.wait();
    agent = await spawnAgent(t, options);
    await peer.reported(late.allocation_id, 'complete');
    await until(async () => (await containerOf(daemon, late)).id === '');
    t.equal(
      await logOf(agent.url, late, 'type=stdout'),
      'first\nlast\n',
      'output written while no agent ran is read before the container is removed',
    );
    t.equal(await logOf(agent.url, late, 'type=stderr'), 'worst\n');
  });

  await t.test('is complete after restarts of the daemon', async (t) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const lines = 4000;
    const subject = order({
      image: 'busybox',
      command: `sh -c '${WRITES.replace('LINES', String(lines))}; until [ -e /go ]; do sleep 0.1; done; echo end'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    const followed = logOf(agent.url, subject, 'type=stdout&follow=true');
    await until(async () => (await logOf(agent.url, subject, 'type=stdout')).length > 10_000);
    for (let round = 0; round < 2; round += 1) {
      await daemon.halt();
      await sleep(300);
      await daemon.start();
    }
    // A container that ends before the agent has seen it under the new daemon counts as interrupted by the old one.
    await sleep(4000 + 1500 * PATIENCE);
    await (
      await (await containerOf(daemon, subject)).exec({ Cmd: ['touch', '/go'] })
    ).start({ Detach: true });
    await peer.reported(subject.allocation_id, 'complete');
    const whole = expected(lines);
    t.equal(difference(await followed, `${whole.stdout}end\n`), '', 'the followed log has no gap');
    t.equal(difference(await logOf(agent.url, subject, 'type=stderr'), whole.stderr), '');
  });

  await t.test('reports the gap if Docker has dropped a part of it', async (t) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
    let agent = await spawnAgent(t, options);
    const flood = `yes $(head -c 8000 /dev/zero | tr "\\0" y) | head -n 9000`;
    const subject = order({
      image: 'busybox',
      command: `sh -c 'echo begun; until [ -e /go ]; do sleep 0.1; done; ${flood}; echo ended'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    await until(async () => (await logOf(agent.url, subject, 'type=stdout')) === 'begun\n');
    await agent.kill('SIGKILL');
    const container = await containerOf(daemon, subject);
    await (await container.exec({ Cmd: ['touch', '/go'] })).start({ Detach: true });
    await container.wait();
    agent = await spawnAgent(t, options);
    await peer.reported(subject.allocation_id, 'complete');
    const lines = (await logOf(agent.url, subject, 'type=stdout')).split('\n');
    t.same(lines.slice(0, 2), [
      'begun',
      '-- muster: Docker dropped a part of this log before it was read; how much is unknown --',
    ]);
    t.same(lines.slice(-2), ['ended', '']);
    t.equal(lines.filter((line) => line.includes('Docker dropped')).length, 1);
    t.equal(await logOf(agent.url, subject, 'type=stderr'), '');
  });

  for (const tty of [false, true])
    await t.test(
      `ends in an unfinished entry after a power cut (${tty ? 'with' : 'without'} a terminal)`,
      async (t) => {
        const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
        const options = { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath };
        let agent = await spawnAgent(t, options);
        const subject = order({
          image: 'busybox',
          command: `sh -c 'echo begun; until [ -e /go ]; do sleep 0.1; done; seq 1 300; exit 3'`,
          tty,
        });
        peer.want(subject);
        await peer.reported(subject.allocation_id, 'running');
        await until(async () => (await logOf(agent.url, subject, 'type=stdout')).trim() === 'begun');
        await agent.kill('SIGKILL');
        const container = await containerOf(daemon, subject);
        await (await container.exec({ Cmd: ['touch', '/go'] })).start({ Detach: true });
        await container.wait();
        const { LogPath } = await container.inspect();
        await daemon.halt('SIGKILL');
        await truncate(LogPath, (await stat(LogPath)).size - 20);
        await daemon.start();
        agent = await spawnAgent(t, options);
        t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 3 } } });
        const lines = (await logOf(agent.url, subject, 'type=stdout')).split(/\r?\n/);
        t.same(lines.slice(0, 300), [
          'begun',
          ...Array.from({ length: 299 }, (_, index) => String(index + 1)),
        ]);
        t.match(
          lines[300],
          /^-- muster: Docker could not read the rest of this log: Error grabbing logs: .* --$/,
        );
        t.equal(lines.length, 302, 'the message is there once');
        await until(async () =>
          (await daemon.docker.listContainers({ all: true })).every(({ Id }) => Id !== container.id),
        );
      },
    );

  await t.test('can be read from a given time, even after its end', async (t) => {
    const [dataDir, peer] = [ownFolder(t), await peerOf(t)];
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url, dockerSocket: daemon.socketPath });
    const waits = (name: string): string => `until [ -e /${name} ]; do sleep 0.1; done`;
    const subject = order({
      image: 'busybox',
      command: `sh -c 'echo one; ${waits('a')}; echo two; echo too >&2; ${waits('b')}; echo three'`,
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    /** Returns a time a second after the agent has read this log and a second before the container continues. */
    const between = async (log: string, name: string): Promise<string> => {
      await until(async () => (await logOf(agent.url, subject, 'type=stdout')) === log);
      await sleep(1000);
      const seconds = Date.now() / 1000;
      await sleep(1000);
      await (
        await (await containerOf(daemon, subject)).exec({ Cmd: ['touch', `/${name}`] })
      ).start({ Detach: true });
      return seconds.toFixed(3);
    };
    const afterOne = await between('one\n', 'a');
    const afterTwo = await between('one\ntwo\n', 'b');
    await peer.reported(subject.allocation_id, 'complete');
    const later = (Date.now() / 1000 + 5).toFixed(3);
    t.equal(await logOf(agent.url, subject, `type=stdout&since=${afterOne}`), 'two\nthree\n');
    t.equal(await logOf(agent.url, subject, `type=stdout&since=${afterTwo}`), 'three\n');
    t.equal(await logOf(agent.url, subject, `type=stdout&since=${later}`), '');
    t.match(
      await readFile(path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs/progress'), 'utf8'),
      /Z\/1\/0/,
    );
  });
});
