import { pino } from 'pino';
import type { Test } from 'tap';
import { v4 } from 'uuid';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG, encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import { streamName } from '#domain/kernel/event/index.js';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { heartbeat, registration } from '#domain/protocol/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { createNodeCommands } from '#src/fleet/nodes/nodes.js';
import type { AgentCall } from '#src/fleet/nodes/node-commands.js';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { TaskResults } from '#src/fleet/nodes/task-results.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { openTestSealer } from '../../../fixtures/sealer.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { DeliveredOrders } from '#src/fleet/nodes/delivered-orders.js';
import { RefusedAgents } from '#src/fleet/nodes/refused-agents.js';
import { LastSeen } from '#src/fleet/nodes/last-seen.js';
import { commandContext } from '../../../fixtures/command-context.js';

export const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

export function context(actor = 'anonymous'): CommandContext {
  const id = v4();
  return commandContext({ commandId: id, correlationId: id, causationId: id, actor, surface: 'cluster' });
}

/** Appends events of other writers: to the plan log, to jobs, to the cluster. */
export class Pen {
  constructor(readonly store: EventStore) {}

  async write(stream: string, ...events: MusterEvent[]): Promise<number> {
    let last = -1;
    for await (const page of this.store.readStream(stream, { direction: 'backwards', limit: 1 }))
      last = page[0]?.revision ?? last;
    const encoded = events.map((event) => ({
      id: v4(),
      ...encode(event, { $correlationId: 'c', $causationId: 'c', at: 1 }),
    }));
    return (await this.store.append({ stream, expected: last < 0 ? 'no_stream' : last, events: encoded }))
      .revision;
  }

  /** Submits a job of one group and returns its version. */
  async job(
    jobId: string,
    group: TaskGroup = {
      name: 'web',
      tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }],
    },
  ): Promise<number> {
    return this.write(streamName('job', jobId), {
      type: 'JobSubmitted',
      data: { jobId, evaluationId: v4(), specification: { task_groups: [group] } },
    });
  }

  async place(allocationId: string, nodeId = 'n1', jobId = 'j1', jobVersion = 0): Promise<void> {
    await this.write('scheduler', {
      type: 'AllocationPlaced',
      data: {
        ...ref(allocationId, nodeId, jobId),
        jobVersion,
        attempt: 0,
        epoch: 1,
        evaluationId: v4(),
        resources: {},
      },
    });
  }

  async requestStop(allocationId: string, nodeId = 'n1', jobId = 'j1'): Promise<void> {
    await this.write('scheduler', {
      type: 'AllocationStopRequested',
      data: { ...ref(allocationId, nodeId, jobId), reason: 'job-stopped' },
    });
  }

  async release(
    allocationId: string,
    outcome: 'lost' | 'stopped' | 'complete' = 'lost',
    nodeId = 'n1',
    jobId = 'j1',
  ): Promise<void> {
    await this.write('scheduler', {
      type: 'AllocationReleased',
      data: { ...ref(allocationId, nodeId, jobId), outcome },
    });
  }

  async clear(): Promise<void> {
    await this.write('cluster', { type: 'ClusterCleared', data: {} });
  }

  /** Types of the events of a stream, by default those of node `n1`. */
  async types(stream = 'node-n1'): Promise<string[]> {
    const types: string[] = [];
    for await (const page of this.store.readStream(stream)) types.push(...page.map(({ type }) => type));
    return types;
  }

  /** Data of the newest event of that type in the stream. */
  async newest(type: string, stream = 'node-n1'): Promise<unknown> {
    let data: unknown;
    for await (const page of this.store.readStream(stream))
      for (const event of page) if (event.type === type) data = JSON.parse(event.data);
    return data;
  }
}

function ref(allocationId: string, nodeId: string, jobId: string) {
  return { allocationId, jobId, group: 'web', slot: 0, nodeId };
}

export interface ServerOptions {
  readonly clock?: Clock;
  readonly store?: EventStore;
  /** Interval in milliseconds at which the log must show that a node is alive. */
  readonly tellLogEveryMs?: () => number | undefined;
  readonly waitingNodes?: number;
  /** Sent to agents that request it. */
  readonly ownParts?: () => readonly string[];
  /** Sent to Muster's own agents. */
  readonly logId?: () => Promise<string | undefined>;
}

/** The part of a server that handles nodes. Several can use a store one after another. */
export async function startServer(
  t: Test,
  {
    clock = systemClock,
    store = createMemoryEventStore({ clock }),
    tellLogEveryMs,
    waitingNodes,
    ownParts,
    logId,
  }: ServerOptions = {},
) {
  const executor = await openCommandExecutor({ store, clock, writer: v4() });
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock, logger });
  const telemetry = new LastSeen(clock);
  const jobs = new JobVersions(store);
  const sealer = await openTestSealer();
  const results = new TaskResults(sealer, jobs, store);
  const lists = new DeliveredOrders();
  const refused = new RefusedAgents(clock);
  const nodes = createNodeCommands({
    executor,
    clock,
    placements,
    telemetry,
    jobs,
    results,
    logger,
    refused,
    lists,
    timeoutMs: 30_000,
    ...(tellLogEveryMs && { tellLogEveryMs }),
    ...(waitingNodes !== undefined && { waitingNodes }),
    ...(ownParts && { ownParts }),
    ...(logId && { logId }),
  });
  await placements.ready;
  const stop = async (): Promise<void> => {
    await placements.stop();
    await executor.close();
  };
  t.teardown(stop);
  return {
    clock,
    store,
    executor,
    placements,
    telemetry,
    jobs,
    results,
    refused,
    lists,
    sealer,
    nodes,
    stop,
    logger,
    pen: new Pen(store),
    /** Registers a node as a request over the wire would. */
    register: (more: object = {}, call: AgentCall = { ours: false }) =>
      nodes.register(
        registration.parse({
          node_id: 'n1',
          ip_address: '127.0.0.1',
          resources: { cpu: 4000, memory: 8192 },
          ...more,
        }),
        call,
        context(),
      ),
    heartbeat: (more: object = {}, call: AgentCall = { ours: false }) =>
      nodes.heartbeat(
        heartbeat.parse({ node_id: 'n1', resources: { cpu: 4000, memory: 8192 }, ...more }),
        call,
        context(),
      ),
    /** Waits until the placements have folded the whole log. */
    settled: async (): Promise<void> => {
      const head = await store.head();
      if (head !== undefined && !(await placements.waitFor(head, 60_000)))
        throw new Error('the placements do not follow the log');
    },
  };
}

export type NodesServer = Awaited<ReturnType<typeof startServer>>;
