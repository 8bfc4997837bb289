import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { AllocationOrder, OrderTask } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd, type Dockerd } from '../fixtures/dockerd.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { fakeNvidiaSmi } from '../fixtures/fake-nvidia-smi.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, type AgentProcess, type TestOptions } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(300_000 * PATIENCE);

/** The agent must end within this time after SIGTERM. In CI it has twice the time, because a busy machine may pause for two seconds. */
const END_MS = PATIENCE > 1 ? 4000 : 2000;
const HOUR = 3600;

interface Scene {
  readonly dataDir: string;
  readonly peer: PeerServer;
  readonly agent: AgentProcess;
}

async function scene(
  t: Test,
  options: Partial<TestOptions> = {},
  environment: Record<string, string> = {},
): Promise<Scene> {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url, ...options }, environment);
  return { dataDir, peer, agent };
}

async function endsSoon(t: Test, agent: AgentProcess): Promise<void> {
  const began = performance.now();
  const late = new AbortController();
  await Promise.race([
    agent.kill('SIGTERM'),
    sleep(5 * END_MS, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  const took = performance.now() - began;
  t.ok(took < END_MS, `the agent ended ${Math.round(took)} ms after SIGTERM`);
  await agent.kill('SIGKILL');
}

/** Accepts connections and never responds. */
async function silent(t: Test): Promise<{ readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, connections: () => connections };
}

void t.test('ends soon after SIGTERM', async (t) => {
  await t.test('while a task with a time limit runs', async (t) => {
    const { peer, agent } = await scene(t);
    const subject = order({ command: 'exec sleep 1000', max_run_seconds: HOUR });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    await endsSoon(t, agent);
  });

  await t.test('while a task ignores SIGTERM at its time limit', async (t) => {
    const { peer, agent, dataDir } = await scene(t);
    const subject = order({ command: stubborn(dataDir), max_run_seconds: 0.5, kill_timeout: HOUR });
    peer.want(subject);
    await until(() => has(path.join(dataDir, 'got-term')));
    await endsSoon(t, agent);
  });

  await t.test('while checks of a task wait for responses', async (t) => {
    const { port, connections } = await silent(t);
    const { peer, agent, dataDir } = await scene(t);
    const shared = { timeout_seconds: 60, grace_seconds: HOUR };
    const subject = order({
      command: 'exec sleep 1000',
      checks: [
        { type: 'http', port, ...shared },
        {
          type: 'exec',
          command: ['/bin/sh', '-c', `echo asked > ${dataDir}/asked; exec sleep 1000`],
          ...shared,
        },
        { type: 'tcp', port: 1, interval_seconds: 60, ...shared },
      ],
    });
    peer.want(subject);
    await until(() => connections() > 0 && has(path.join(dataDir, 'asked')));
    await endsSoon(t, agent);
  });

  await t.test('while it stops a task that ignores SIGTERM', async (t) => {
    const { peer, agent, dataDir } = await scene(t);
    const subject = order({ command: stubborn(dataDir), kill_timeout: HOUR });
    peer.want(subject);
    await until(() => has(path.join(dataDir, 'ready')));
    void call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`).catch(() => undefined);
    await until(() => has(path.join(dataDir, 'got-term')));
    await endsSoon(t, agent);
  });

  await t.test('while a log is followed', async (t) => {
    const { peer, agent } = await scene(t);
    const subject = order({ command: 'echo begun; exec sleep 1000' });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    const log = await fetch(`${agent.url}/allocations/${subject.allocation_id}/logs?follow=true`);
    const reader = log.body?.getReader();
    await reader?.read();
    await endsSoon(t, agent);
    await reader?.cancel().catch(() => undefined);
  });

  await t.test('right after a task has ended', async (t) => {
    const { peer, agent } = await scene(t);
    const subject = order({ command: 'exit 0' });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    await endsSoon(t, agent);
  });

  await t.test('while an HTTP call waits for its response', async (t) => {
    const { port, connections } = await silent(t);
    const { peer, agent } = await scene(t, { httpAllow: '127.0.0.0/8' });
    const subject = ofDriver('http', { url: `http://127.0.0.1:${port}/`, method: 'GET' });
    peer.want(subject);
    await until(() => connections() > 0);
    await endsSoon(t, agent);
  });

  await t.test('while its server does not respond', async (t) => {
    const { port, connections } = await silent(t);
    const dataDir = ownFolder(t);
    const agent = await spawnAgent(t, { dataDir, serverUrl: `http://127.0.0.1:${port}` });
    await until(() => connections() > 0);
    await endsSoon(t, agent);
  });

  await t.test('while nvidia-smi does not respond', async (t) => {
    const folder = ownFolder(t);
    const { agent } = await scene(
      t,
      {},
      { PATH: `${fakeNvidiaSmi(folder, 'exec sleep 1000')}:${process.env['PATH'] ?? ''}` },
    );
    await until(() => has(path.join(folder, 'asked')));
    await endsSoon(t, agent);
  });
});

const skip = dockerdMissing() ?? false;

void t.test('an agent with containers ends soon after SIGTERM', { skip }, async (t) => {
  const daemon = await startDockerd();
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const started = async (
    t: Test,
    task: Parameters<typeof order>[0] = {},
  ): Promise<Scene & { readonly subject: AllocationOrder }> => {
    const made = await scene(t, { dockerSocket: daemon.socketPath });
    const subject = order({ image: 'busybox', command: 'sleep 1000', ...task });
    made.peer.want(subject);
    await made.peer.reported(subject.allocation_id, 'running');
    return { ...made, subject };
  };

  await t.test('while an image is pulled from a registry that does not respond', async (t) => {
    const { port, connections } = await silent(t);
    const { peer, agent } = await scene(t, {
      dockerSocket: daemon.socketPath,
      registryAllow: `127.0.0.1:${port}`,
    });
    peer.want(order({ image: `127.0.0.1:${port}/slow:1`, command: 'sleep 1000' }));
    await until(() => connections() > 0);
    await endsSoon(t, agent);
  });

  await t.test('while a container with a time limit runs', async (t) => {
    const { agent } = await started(t, { max_run_seconds: HOUR });
    await endsSoon(t, agent);
  });

  await t.test('while it stops a container that ignores SIGTERM', async (t) => {
    const { agent, subject } = await started(t, {
      command: `sh -c 'trap "" TERM; while :; do sleep 1; done'`,
      kill_timeout: HOUR,
    });
    void call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`).catch(() => undefined);
    await until(() => stopping(agent, subject));
    await endsSoon(t, agent);
  });

  await t.test('while the daemon does not respond', async (t) => {
    const before = await scene(t, { dockerSocket: daemon.socketPath });
    await until(() => before.peer.registrations.length > 0);
    const running = await started(t, { max_run_seconds: HOUR });
    const stopped = await started(t, { kill_timeout: 1 });
    const waits = order({ image: 'busybox', command: 'sleep 1000' });
    await frozen(daemon, async () => {
      before.peer.want(waits);
      await call('POST', `${before.agent.url}/allocations`, waits);
      void call('DELETE', `${stopped.agent.url}/allocations/${stopped.subject.allocation_id}`).catch(
        () => undefined,
      );
      await until(() => stopping(stopped.agent, stopped.subject));
      await endsSoon(t, before.agent);
      await endsSoon(t, running.agent);
      await endsSoon(t, stopped.agent);
    });
  });
});

/** A task that records its start and SIGTERM, and continues. */
function stubborn(folder: string): string {
  return `trap 'echo > ${folder}/got-term' TERM; echo > ${folder}/ready; while :; do sleep 0.05; done`;
}

async function has(file: string): Promise<boolean> {
  return await readFile(file).then(
    () => true,
    () => false,
  );
}

function ofDriver(driver: string, config: Record<string, unknown>): AllocationOrder {
  const { task_group, ...rest } = order({});
  const task = { name: 'main', driver, config } as OrderTask;
  return { ...rest, task_group: { ...task_group, tasks: [task] } };
}

async function stopping(agent: AgentProcess, { allocation_id: id }: AllocationOrder): Promise<boolean> {
  const answer = await call('POST', `${agent.url}/allocations`, {
    ...order({ command: 'true' }),
    allocation_id: id,
  });
  return answer.status >= 400;
}

/** Suspends the daemon like a busy machine: it accepts connections but does not respond. */
async function frozen(daemon: Dockerd, work: () => Promise<void>): Promise<void> {
  const pid = Number(readFileSync(path.join(path.dirname(daemon.socketPath), 'pid'), 'utf8'));
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
