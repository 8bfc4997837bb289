import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  DecidedEvents,
  openCommandExecutor,
  type CommandExecutor,
  StreamSnapshots,
} from '#src/engine/commands/index.js';
import {
  createNodeCommands,
  DeliveredOrders,
  JobVersions,
  LastSeen,
  createHeartbeatGossip,
  shareLastSeen,
  startPlacements,
  TaskDefinitions,
  TaskResults,
  type CredentialSource,
  type HeartbeatGossip,
  type LivePlacements,
  type NodeCommands,
} from '#src/fleet/nodes/index.js';
import { TenantRegistries } from '#src/accounts/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Settings } from './settings/settings.js';
import { AppendDurations } from '#src/engine/metrics/index.js';
import { startLiveness, type Liveness } from '#src/fleet/liveness/index.js';
import { Lease } from '#src/engine/lease.js';
import { tracedEventStore, tracedExecutor } from '#src/engine/tracing/index.js';
import type { Closing } from './closing.js';
import { dispatchAlways, dispatchWithLease, type Dispatch } from './dispatch.js';
import type { EventLog } from './event-log.js';
import type { Log } from './log.js';
import type { Messaging } from './messaging.js';
import { retryWhileUnavailable } from './retry.js';
import { processIds } from './process-ids.js';
import { serverIdOf } from './server-id.js';

/** Upper bound of the dispatcher's lease; it is shorter if nodes are declared down sooner. */
const MAX_TERM_MS = 30_000;

export interface Fleet {
  readonly executor: CommandExecutor;
  readonly commandsUnderWay: () => number;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly jobs: JobVersions;
  readonly lists: DeliveredOrders;
  readonly nodeCommands: NodeCommands;
  readonly results: TaskResults;
  /** Undefined if no other server can receive heartbeats. */
  readonly gossip: HeartbeatGossip | undefined;
  readonly appends: AppendDurations;
  readonly decided: DecidedEvents;
}

export function needsNodes({ roles }: Pick<Settings, 'roles'>): boolean {
  return roles.some((role) => role === 'api' || role === 'dispatcher' || role === 'liveness');
}

/** Opens the executor, folds placements, and shares heartbeats with the other servers. */
export async function openFleet(
  settings: Pick<Settings, 'nodeTimeoutSeconds' | 'identity'>,
  directory: string,
  { store, exclusive }: EventLog,
  { seen }: Messaging,
  clock: Clock,
  log: Log,
  closing: Closing,
  sealer: Sealer,
  ownParts: () => readonly string[],
): Promise<Fleet> {
  const appends = new AppendDurations();
  const decided = new DecidedEvents();
  const traced = tracedEventStore(store);
  const snapshots = new StreamSnapshots(directory, traced, (err) =>
    log.warn({ code: 'commands.unkept', err }),
  );
  const opened = await retryWhileUnavailable(clock)(() =>
    openCommandExecutor({ store: traced, clock, writer: processIds.uuid(), snapshots, appends, decided }),
  );
  closing.add('executor', async () => await opened.close());
  const executor = tracedExecutor(opened);
  const placements = startPlacements({ store, clock, logger: log, directory });
  closing.add('placements', async () => await placements.stop());
  const telemetry = new LastSeen(clock);
  if (seen !== undefined) closing.add('seen', shareLastSeen(telemetry, placements, seen));
  const registries = new TenantRegistries({ executor, sealer });
  const credentialsFor: CredentialSource = async (tenantId, host) =>
    await registries.credential(tenantId, host);
  const definitions = new TaskDefinitions(store, sealer);
  const jobs = new JobVersions(store, {}, async (group) => await definitions.opened(group), credentialsFor);
  const results = new TaskResults(sealer, jobs, store);
  const lists = new DeliveredOrders();
  /** Three reports fit into the node timeout. */
  const everyMs = settings.nodeTimeoutSeconds * 250;
  const tellLogEveryMs = (): number | undefined =>
    exclusive || seen?.connected === true ? undefined : everyMs;
  const nodeCommands = createNodeCommands({
    executor,
    store,
    clock,
    placements,
    telemetry,
    jobs,
    results,
    logger: log,
    lists,
    ownParts,
    timeoutMs: settings.nodeTimeoutSeconds * 1000,
    waitingNodes: settings.identity.waitingNodes,
    tellLogEveryMs,
  });
  const gossip = exclusive ? undefined : createHeartbeatGossip(store, placements, seen);
  return {
    executor,
    commandsUnderWay: () => opened.underWay,
    appends,
    decided,
    placements,
    telemetry,
    jobs,
    lists,
    nodeCommands,
    results,
    gossip,
  };
}

export interface FleetSagas {
  readonly dispatch: Dispatch | undefined;
  readonly liveness: Liveness | undefined;
}

export interface FleetSagasOptions {
  readonly settings: Settings;
  readonly directory: string;
  readonly events: EventLog;
  readonly fleet: Fleet;
  readonly channel: AgentChannel;
  readonly clock: Clock;
  readonly log: Log;
  readonly closing: Closing;
}

export async function startFleetSagas({
  settings,
  directory,
  events,
  fleet,
  channel,
  clock,
  log,
  closing,
}: FleetSagasOptions): Promise<FleetSagas> {
  const { executor, placements, telemetry, jobs, lists, gossip } = fleet;
  const timeoutMs = settings.nodeTimeoutSeconds * 1000;
  const saga = {
    executor,
    placements,
    telemetry,
    jobs,
    lists,
    clock,
    channel,
    logger: log,
    requestTimeoutMs: settings.agentRequestTimeoutSeconds * 1000,
  };
  let dispatch: Dispatch | undefined;
  if (settings.roles.includes('dispatcher')) {
    const { store, exclusive } = events;
    const lease = async (): Promise<Lease> =>
      new Lease({
        name: 'dispatcher',
        holder: await serverIdOf(directory),
        store,
        clock,
        ids: processIds,
        logger: log,
        termMs: Math.min(MAX_TERM_MS, timeoutMs),
      });
    dispatch = exclusive
      ? dispatchAlways({ ...saga, store }, closing)
      : dispatchWithLease({ ...saga, store }, await lease(), closing);
  }
  const liveness = settings.roles.includes('liveness')
    ? startLiveness({ ...saga, timeoutMs, ...(gossip !== undefined && { gossip }) })
    : undefined;
  if (liveness !== undefined) closing.add('liveness', async () => await liveness.stop());
  return { dispatch, liveness };
}
