import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bootId } from '#agents/boot-id.js';
import { readProcess } from '#agents/drivers/exec/process-table.js';
import type { AllocationRecord } from '#agents/journal/record.js';
import { newRecord } from '#agents/runner/new-record.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { call, order, spawnAgent, type AgentProcess } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';
import { saveRecords } from './support/saved-records.js';

const ADOPTED = 1200;
const SPANS = 3;
t.setTimeout(300_000 * PATIENCE);

/** Creates the data directory of an agent killed with this many running tasks. All refer to the same process, because checking it costs the same. */
async function leftBehind(t: Test, peer: PeerServer, count: number): Promise<string> {
  const dataDir = ownFolder(t);
  const task = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  t.teardown(() => task.kill('SIGKILL'));
  await once(task, 'spawn');
  const { pid = 0 } = task;
  const { birth = 0 } = readProcess(pid) ?? {};
  const records: AllocationRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    const each = order({ command: 'sleep 1000' });
    const record = newRecord(each, 1, Date.now());
    peer.want(each);
    const { main } = record.tasks;
    if (main === undefined) throw new Error('the order has no task main');
    records.push({
      ...record,
      status: 'running',
      startTime: 1,
      tasks: { main: { ...main, status: 'running', startTime: 1 } },
    });
    const state = path.join(dataDir, 'agent/tasks', each.allocation_id, 'main/state');
    mkdirSync(state, { recursive: true });
    writeFileSync(path.join(state, 'claim'), `${pid} ${birth} ${bootId}\n`);
    writeFileSync(path.join(state, 'task'), `${pid} ${birth} end\n`);
    writeFileSync(path.join(state, 'exit'), `${'.'.repeat(63)}\n`);
  }
  await saveRecords(dataDir, records);
  return dataDir;
}

/** Returns the median time from an order to the report that it runs, in milliseconds. */
async function delay(agent: AgentProcess, peer: PeerServer): Promise<number> {
  const delays: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const subject = order({ command: 'sleep 1000', kill_timeout: 0 });
    peer.want(subject);
    const began = performance.now();
    await call('POST', `${agent.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    delays.push(performance.now() - began);
  }
  return delays.sort((a, b) => a - b)[4] ?? Infinity;
}

/** CPU time of a process in milliseconds. */
function used(agent: AgentProcess): number {
  return (readProcess(agent.pid)?.cpuSeconds ?? 0) * 1000;
}

async function measure(t: Test, count: number): Promise<{ delay: number; share: number }> {
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const dataDir = await leftBehind(t, peer, count);
  const agent = await spawnAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 600 });
  await until(() => peer.registrations.length > 0 && peer.heartbeats.length > 0, undefined, 60);
  const found = { delay: await delay(agent, peer), share: 0 };
  // Garbage collection may fall into one span.
  const shares: number[] = [];
  for (let span = 0; span < SPANS; span += 1) {
    const [before, began] = [used(agent), performance.now()];
    await systemClock.sleep(2000);
    shares.push((used(agent) - before) / (performance.now() - began));
  }
  found.share = Math.min(...shares);
  t.comment(
    `${count} adopted: ${found.delay.toFixed(0)} ms from an order to its report, ${(found.share * 100).toFixed(1)} % of a core`,
  );
  t.match(await readFile(path.join(dataDir, 'agent/pid'), 'utf8'), String(agent.pid));
  await agent.kill('SIGKILL');
  await peer.close();
  return found;
}

void t.test(
  'startup and idle load are about the same with very many adopted tasks as with none',
  async (t) => {
    const floor = await measure(t, 0);
    const many = await measure(t, ADOPTED);
    t.ok(
      many.delay < 10 * floor.delay + 200 * PATIENCE,
      `${many.delay.toFixed(0)} ms, compared with ${floor.delay.toFixed(0)} ms without adopted tasks`,
    );
    // Each task is checked once per second, which takes half a core on a slow machine.
    t.ok(many.share < floor.share + 0.8, `${(many.share * 100).toFixed(0)} % of a core`);
  },
);
