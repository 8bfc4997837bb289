import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/errors/index.js';
import { createHttpAgentChannel } from '#agents/transport/agent-channel.js';
import { buildServer } from '../api/server.js';
import { openCommandExecutor } from '../commands/command-executor.js';
import { createNodeCommands } from '../commands/nodes.js';
import type { Settings } from '../config/settings.js';
import { lockDataDirectory, openSqliteEventStore } from '../event-store/index.js';
import { JobVersions } from '../nodes/job-versions.js';
import { startPlacements } from '../nodes/live-placements.js';
import { NodeTelemetryBook } from '../nodes/telemetry.js';
import { openReadModels, startProjector } from '../read-models/index.js';
import { startClearSaga } from '../sagas/clear/index.js';
import { startDispatcher } from '../sagas/dispatcher/index.js';
import { startLiveness } from '../sagas/liveness/index.js';
import { startScheduler } from '../sagas/scheduler/index.js';
import { Closing } from './closing.js';
import { startEmbeddedAgent } from './embedded-agent.js';
import type { Log } from './log.js';
import { processIds } from './process-ids.js';
import { readinessOf } from './readiness.js';

/** How long the start waits for the read models. */
const READ_MODELS_PATIENCE_MS = 2_000;

/** A server that listens. */
export interface RunningServer {
  /** Base URL of its API. */
  readonly url: string;
  /** Resolves when it cannot go on: the process should exit, and start again. */
  readonly fatal: Promise<Error>;
  /** How many allocations were started and have not ended, as far as the log tells. */
  running(): number;
  /** Readiness goes first, what is under way ends, then everything closes in the order that depends on it. Tasks keep running. */
  stop(): Promise<void>;
}

/**
 * The whole server on the embedded stores: takes the data directory, opens the log, starts projector and scheduler in
 * threads of their own and the sagas in this one, listens, and starts the local agent. Throws with nothing left open.
 */
export async function startServer(settings: Settings, log: Log): Promise<RunningServer> {
  const directory = resolve(settings.dataDir);
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const closing = new Closing(log);
  try {
    return await compose(settings, directory, log, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function compose(settings: Settings, directory: string, log: Log, closing: Closing): Promise<RunningServer> {
  const clock = systemClock;
  const ids = processIds;
  const requestTimeoutMs = settings.agentRequestTimeoutSeconds * 1000;

  const lock = lockDataDirectory(directory);
  closing.add('lock', () => lock.release());
  const store = await openSqliteEventStore({ directory, lock });
  closing.add('event-store', async () => await store.close());

  const projector = startProjector({ eventStoreHandle: store.handle(), directory });
  closing.add('projector', async () => await projector.close());
  const readModels = openReadModels({ directory, clock, projector });
  closing.add('read-models', async () => await readModels.close());

  const schedulers = Array.from({ length: settings.schedulers }, (_, index) =>
    startScheduler({ eventStoreHandle: store.handle(), instance: ids.uuid(), ...(index === 0 && { directory }) }),
  );
  closing.add('schedulers', async () => void (await Promise.all(schedulers.map((scheduler) => scheduler.stop()))));

  const executor = await openCommandExecutor({ store, clock, writer: ids.uuid() });
  closing.add('executor', async () => await executor.close());
  const placements = startPlacements({ store, clock, logger: log });
  closing.add('placements', async () => await placements.stop());
  const telemetry = new NodeTelemetryBook(clock);
  const jobs = new JobVersions(store);
  const channel = createHttpAgentChannel({ requestTimeoutMs, joinToken: settings.joinToken });
  closing.add('agent-channel', async () => await channel.close());
  const nodeCommands = createNodeCommands({ executor, store, clock, placements, telemetry, jobs });

  const saga = { executor, clock, channel, placements, telemetry, jobs, logger: log, requestTimeoutMs };
  const dispatcher = startDispatcher(saga);
  closing.add('dispatcher', async () => await dispatcher.stop());
  const clearSaga = startClearSaga(saga);
  closing.add('clear-saga', async () => await clearSaga.stop());
  const liveness = startLiveness({ ...saga, timeoutMs: settings.nodeTimeoutSeconds * 1000 });
  closing.add('liveness', async () => await liveness.stop());

  let stopping = false;
  const app = buildServer({
    executor,
    readModels,
    nodeCommands,
    agentChannel: channel,
    eventStore: store,
    settings,
    clock,
    ids,
    logger: log,
    readiness: () => readinessOf({ stopping, projector, placements, liveness, clearSaga, dispatcher, schedulers }),
  });
  closing.add('api', async () => await app.close());
  // A GET in the first moments finds its model; a long rebuild keeps no command waiting, and GETs are 503 until it is done.
  await Promise.race([projector.ready.catch(() => undefined), clock.sleep(READ_MODELS_PATIENCE_MS)]);
  await app.listen({ host: settings.host, port: settings.port });
  const url = urlOf(app, settings.host);

  if (settings.embeddedAgent) {
    const agent = startEmbeddedAgent({ environment: agentEnvironment(settings, directory, url), clock, log });
    closing.add('embedded-agent', async () => await agent.stop());
  }

  return {
    url,
    fatal: Promise.race([store.fatal, ...[projector.stopped, ...schedulers.map((scheduler) => scheduler.fatal)].map(unlessUnknownEvent)]),
    running: () => {
      const all = [...placements.state.nodes.values()].flatMap((node) => [...node.allocations.values()]);
      return all.filter((allocation) => allocation.started && !allocation.ended).length;
    },
    async stop() {
      stopping = true;
      await closing.run();
    },
  };
}

/** A role that met an event of a newer version stops, and the server is not ready; what else it does goes on. */
async function unlessUnknownEvent(stopped: Promise<Error>): Promise<Error> {
  const error = await stopped;
  if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN') || error.message.startsWith('MUSTER_E_EVENT_UNKNOWN')) return await new Promise<never>(() => undefined);
  return error;
}

function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What the local agent is started with: the caller's environment, told which server and directory are its. */
function agentEnvironment(settings: Settings, directory: string, url: string): Record<string, string | undefined> {
  const reachable = new URL(url);
  if (reachable.hostname === '0.0.0.0' || reachable.hostname === '[::]') reachable.hostname = '127.0.0.1';
  return {
    ...process.env,
    MUSTER_SERVER_URL: reachable.origin,
    MUSTER_DATA_DIR: directory,
    MUSTER_HEARTBEAT_SECONDS: String(settings.heartbeatSeconds),
  };
}
