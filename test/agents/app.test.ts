import path from 'node:path';
import t, { type Test } from 'tap';
import { composeAgent, type Agent } from '#agents/app.js';
import { Drivers } from '#agents/drivers/drivers.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import type { AgentLog } from '#agents/platform/log.js';
import type { ServerClient } from '#agents/platform/transport/server-client.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { AllocationOrder, Heartbeat } from '#domain/protocol/index.js';
import { ownFolder } from '../fixtures/folder.js';
import { TestClock } from '../fixtures/test-clock.js';
import { MemoryDisk } from './support/disks.js';
import { HandDriver, handOrder, handRoom } from './support/hand-driver.js';
import { UNSET } from './support/settings.js';

const NODE = 'node-1';
const silent = (): void => undefined;
const LOG: AgentLog = { debug: silent, info: silent, warn: silent, error: silent };

/** An in-memory server. The test sets what it wants, and it records what the agent reports. */
class Server {
  readonly heard: Heartbeat[] = [];
  wanted: readonly AllocationOrder[] = [];
  #epoch = 0;

  get client(): ServerClient {
    const accepted = () => ({ kind: 'ok', epoch: this.#epoch, digest: 'differs' }) as const;
    return {
      register: async () => {
        this.#epoch += 1;
        return accepted();
      },
      heartbeat: async (body) => {
        this.heard.push(body);
        return accepted();
      },
      desired: async () => ({
        kind: 'ok',
        desired: { node_id: NODE, epoch: this.#epoch, digest: 'differs', allocations: [...this.wanted] },
      }),
      document: async () => ({ kind: 'absent', problem: 'there are no documents' }),
      close: async () => undefined,
    };
  }

  statusOf(id: string): string | undefined {
    return this.heard.findLast((each) => each.allocations?.[id] !== undefined)?.allocations?.[id]?.status;
  }
}

interface World {
  readonly clock: TestClock;
  readonly disk: MemoryDisk;
  readonly server: Server;
  readonly hand: HandDriver;
  boot: string;
}

async function bootAgent(t: Test, world: World): Promise<{ agent: Agent; kill: () => void }> {
  const { clock, disk, server, hand } = world;
  const life = new AbortController();
  const drivers = await Drivers.open([handRoom(hand)], {
    nodeId: NODE,
    ownWork: new OwnWork(NODE),
    directory: '/nowhere',
    publishHost: '127.0.0.1',
    users: await TenantUsers.open({ directory: ownFolder(t), range: UNSET.taskUids }),
    settings: UNSET,
    ownParts: () => [],
    documents: { fetch: () => Promise.reject(new Error('there are no documents')) },
    clock,
    log: LOG,
    life: life.signal,
  });
  const agent = await composeAgent({
    nodeId: NODE,
    server: server.client,
    drivers,
    machine: {
      boot: { id: world.boot, isCurrent: (id) => id === world.boot },
      registration: async () => ({
        node_id: NODE,
        ip_address: '10.0.0.1',
        resources: { cpu: 1000 },
        healthy: true,
      }),
      usage: () => ({ read: () => ({ cpu_used: 1, memory_used: 2 }) }),
      metrics: () => Promise.reject(new Error('nobody reads them')),
      deviceName: String,
      devicesDiffer: async () => false,
    },
    disk,
    journalFolder: '/nowhere/journal',
    tasksFolder: '/nowhere/tasks',
    folders: {
      isFull: async () => false,
      measure: async () => 0,
      remove: async () => undefined,
      removeWork: async () => undefined,
    },
    retention: UNSET.retention,
    heartbeatMs: 1000,
    clock,
    log: LOG,
    random: () => 0.5,
    life: life.signal,
  });
  agent.allocations.resume();
  void agent.run();
  const kill = (): void => life.abort();
  t.teardown(kill);
  return { agent, kill };
}

function newWorld(): World {
  const clock = new TestClock();
  return { clock, disk: new MemoryDisk(), server: new Server(), hand: new HandDriver(clock), boot: 'first' };
}

void t.test('runs a desired allocation from start to completion on simulated ports', async (t) => {
  const world = newWorld();
  const { clock, server, hand } = world;
  const order = handOrder();
  const id = order.allocation_id;
  server.wanted = [order];
  await bootAgent(t, world);
  await clock.advance(2000);
  t.equal(server.statusOf(id), 'running');
  hand.task(id)?.end(0);
  await clock.advance(2000);
  t.equal(server.statusOf(id), 'complete');
  t.match(server.heard.at(-1)?.resources, { cpu: 1000, cpu_used: 1, memory_used: 2 });
});

void t.test('does not restart an interrupted allocation after a power cut', async (t) => {
  const world = newWorld();
  const { clock, disk, server, hand } = world;
  const order = handOrder();
  const id = order.allocation_id;
  server.wanted = [order];
  const first = await bootAgent(t, world);
  await clock.advance(2000);
  t.equal(server.statusOf(id), 'running');
  first.kill();
  disk.crash();
  world.boot = 'second';
  const started = hand.task(id);
  const { agent } = await bootAgent(t, world);
  t.equal(agent.recovered, 1);
  await clock.advance(2000);
  t.equal(hand.task(id), started);
  t.match(agent.allocations.get(id)?.record, {
    status: 'stopped',
    interrupted: `interrupted on node ${NODE}: the machine was restarted before the task was known to run`,
  });
  t.ok((await disk.list(path.dirname('/nowhere/journal/x'))).includes('records.log'));
});
