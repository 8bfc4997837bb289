import type { Clock } from '#domain/ports/clock.js';
import { openCommandExecutor, type StoreCommandExecutor } from '../commands/command-executor.js';
import { createNodeCommands } from '../commands/nodes.js';
import type { NodeCommands } from '../commands/node-commands.js';
import type { Settings } from '../config/settings.js';
import { AppendDurations, measuredEventStore } from '../metrics/index.js';
import { JobVersions } from '../nodes/job-versions.js';
import { startPlacements, type LivePlacements } from '../nodes/live-placements.js';
import { NodeTelemetryBook } from '../nodes/telemetry.js';
import { startClearSaga, type ClearSaga } from '../sagas/clear/index.js';
import { startDispatcher, type Dispatcher } from '../sagas/dispatcher/index.js';
import { startLiveness, type Liveness } from '../sagas/liveness/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import type { Log } from './log.js';
import type { Messaging } from './messaging.js';
import { processIds } from './process-ids.js';

/** What the roles that deal with nodes share: commands, and what is placed and heard where. */
export interface Fleet {
  readonly executor: StoreCommandExecutor;
  readonly placements: LivePlacements;
  readonly telemetry: NodeTelemetryBook;
  readonly jobs: JobVersions;
  readonly nodeCommands: NodeCommands;
  /** How long the executor's appends take. */
  readonly appends: AppendDurations;
}

/** Roles in whose work nodes occur. */
export function dealsWithNodes({ roles }: Pick<Settings, 'roles'>): boolean {
  return roles.some((role) => role === 'api' || role === 'dispatcher' || role === 'liveness');
}

/** Opens the executor and begins to fold what is placed where. */
export async function openFleet({ store }: EventLog, clock: Clock, log: Log, closing: Closing): Promise<Fleet> {
  const appends = new AppendDurations();
  const executor = await openCommandExecutor({ store: measuredEventStore(store, appends, clock), clock, writer: processIds.uuid() });
  closing.add('executor', async () => await executor.close());
  const placements = startPlacements({ store, clock, logger: log });
  closing.add('placements', async () => await placements.stop());
  const telemetry = new NodeTelemetryBook(clock);
  const jobs = new JobVersions(store);
  return { executor, appends, placements, telemetry, jobs, nodeCommands: createNodeCommands({ executor, store, clock, placements, telemetry, jobs }) };
}

/** What acts on nodes in this server. */
export interface FleetSagas {
  readonly dispatcher: Dispatcher | undefined;
  readonly clearSaga: ClearSaga | undefined;
  readonly liveness: Liveness | undefined;
}

/** Starts the sagas of this server's roles. */
export function startFleetSagas(settings: Settings, fleet: Fleet, { channel }: Messaging, requestTimeoutMs: number, clock: Clock, log: Log, closing: Closing): FleetSagas {
  const saga = { ...fleet, clock, channel, logger: log, requestTimeoutMs };
  const dispatches = settings.roles.includes('dispatcher');
  const dispatcher = dispatches ? startDispatcher(saga) : undefined;
  if (dispatcher !== undefined) closing.add('dispatcher', async () => await dispatcher.stop());
  const clearSaga = dispatches ? startClearSaga(saga) : undefined;
  if (clearSaga !== undefined) closing.add('clear-saga', async () => await clearSaga.stop());
  const liveness = settings.roles.includes('liveness') ? startLiveness({ ...saga, timeoutMs: settings.nodeTimeoutSeconds * 1000 }) : undefined;
  if (liveness !== undefined) closing.add('liveness', async () => await liveness.stop());
  return { dispatcher, clearSaga, liveness };
}
