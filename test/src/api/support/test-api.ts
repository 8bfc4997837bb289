import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { EventStore, RecordedEvent } from '#domain/ports/event-store.js';
import type { ApiDependencies } from '#src/api/dependencies.js';
import { buildServer } from '#src/api/server.js';
import { openCommandExecutor } from '#src/commands/command-executor.js';
import { createNodeCommands } from '#src/commands/nodes.js';
import { createMemoryEventStore } from '#src/event-store/index.js';
import { JobVersions } from '#src/nodes/job-versions.js';
import { startPlacements } from '#src/nodes/live-placements.js';
import { NodeTelemetryBook } from '#src/nodes/telemetry.js';
import { PlantedReadModels } from './planted-read-models.js';

const logger = pino({ level: process.env['MUSTER_TEST_LOG'] ?? 'silent' });

const noAgents: AgentChannel = {
  place: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  stop: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  status: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  logs: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  close: async () => undefined,
};

export interface TestApi {
  readonly app: FastifyInstance;
  readonly store: EventStore;
  readonly models: PlantedReadModels;
  /** Every event so far. */
  events(): Promise<RecordedEvent[]>;
}

/** The API over a store in memory, with everything real but the scheduler, the dispatcher and the agents. */
export async function openTestApi(t: Test, over: Partial<ApiDependencies> = {}): Promise<TestApi> {
  const store = over.eventStore ?? createMemoryEventStore({ clock: systemClock });
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
  const models = new PlantedReadModels().follow(store);
  const placements = startPlacements({ store, clock: systemClock, logger });
  const nodeCommands = createNodeCommands({
    executor,
    store,
    clock: systemClock,
    placements,
    telemetry: new NodeTelemetryBook(systemClock),
    jobs: new JobVersions(store),
  });
  const app = buildServer({
    executor,
    readModels: models,
    nodeCommands,
    agentChannel: noAgents,
    eventStore: store,
    settings: { testApiKey: 'test-key', joinToken: undefined },
    clock: systemClock,
    ids: { uuid: randomUUID },
    readiness: () => [],
    logger,
    ...over,
  });
  await app.ready();
  t.teardown(async () => {
    await app.close();
    await models.close();
    await placements.stop();
    await executor.close();
    await store.close();
  });
  const events = async (): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const page of store.readAll()) found.push(...page);
    return found;
  };
  return { app, store, models, events };
}
