import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { DecidedEvents, openCommandExecutor, StreamSnapshots } from '#src/engine/commands/index.js';
import {
  createNodeCommands,
  DeliveredOrders,
  JobVersions,
  LastSeen,
  RefusedAgents,
  type RefusedAgent,
  createHearing,
  createHearingOverNats,
  ServiceAddresses,
  shareLastSeen,
  startPlacements,
  TaskDefinitions,
  TaskResults,
  type CredentialSource,
  type Hearing,
  type LivePlacements,
  type NodeCommands,
} from '#src/fleet/nodes/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { logIdOf } from '#src/features/transparency/index.js';
import { TenantRegistries } from '#src/accounts/index.js';
import { NodeAccess } from '#src/fleet/node-access/index.js';
import type { ZoneData } from '#src/features/zone-data/index.js';
import type { PeerSettings } from '#agents/platform/listener/trusted-peers.js';
import type { FleetSettings } from './settings.js';
import type { CredentialSettings, IdentitySettings } from '../accounts/settings.js';
import type { MessagingSettings } from '../messaging/settings.js';
import { AppendDurations } from '#src/engine/metrics/index.js';
import { tracedEventStore, tracedExecutor } from '#src/engine/tracing/index.js';
import { tracedAgentChannel } from '#src/fleet/traced-agent-channel.js';
import { appendMetrics } from '../host/append-metrics.js';
import { queueMetrics } from '../host/queue-metrics.js';
import type { EventLog } from '../event-log/event-log.js';
import type { Keys } from '../keys/keys.js';
import { joinTokenFor, openAgentChannel } from './agent-channel.js';
import type { Messaging } from '../messaging/messaging.js';
import { retryWhileUnavailable } from '../host/retry.js';
import { processIds } from '../host/process-ids.js';
import type { ServerHost } from '../host/server-host.js';
import { openZoneData } from './zone-data.js';

interface Fleet {
  readonly executor: CommandExecutor;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly jobs: JobVersions;
  readonly lists: DeliveredOrders;
  readonly nodeCommands: NodeCommands;
  readonly results: TaskResults;
  /** Undefined if no other server can receive heartbeats. */
  readonly hearing: Hearing | undefined;
  readonly decided: DecidedEvents;
  readonly nodes: NodeAccess;
  readonly agentChannel: AgentChannel;
  readonly zoneData: ZoneData;
}

type PartSettings = FleetSettings & IdentitySettings & CredentialSettings & MessagingSettings & PeerSettings;

/** Opens the executor and the channel to the agents, folds placements, and shares heartbeats with the other servers. */
export async function openFleet(
  host: ServerHost,
  settings: PartSettings,
  { store, catalog, exclusive }: EventLog,
  messaging: Messaging,
  { root, sealer }: Keys,
  ownParts: () => readonly string[],
): Promise<Fleet> {
  const { directory, clock, log } = host;
  const { seen } = messaging;
  const appends = new AppendDurations();
  const decided = new DecidedEvents();
  const traced = tracedEventStore(store);
  const snapshots = new StreamSnapshots(directory, traced, (err) =>
    log.warn({ code: 'snapshots.not-stored', err }),
  );
  const opened = await retryWhileUnavailable(clock)(() =>
    openCommandExecutor({ store: traced, clock, writer: processIds.uuid(), snapshots, appends, decided }),
  );
  host.onClose('executor', async () => await opened.close());
  host.measure((metrics) => {
    appendMetrics(metrics, 'commands', () => appends.snapshots());
    queueMetrics(metrics, () => ({ executor: opened.underWay, writer: appends.underWay }));
  });
  const executor = tracedExecutor(opened);
  const placements = startPlacements({ store, catalog, clock, logger: log, directory });
  host.onClose('placements', async () => await placements.stop());
  host.check(() => ({
    name: 'placements',
    ok: placements.isReady && placements.problem === undefined,
    detail: placements.problem ?? `position ${placements.position}`,
  }));
  const telemetry = new LastSeen(clock);
  if (seen !== undefined) host.onClose('seen', shareLastSeen(telemetry, placements, seen));
  const registries = new TenantRegistries({ executor, sealer });
  const credentialsFor: CredentialSource = async (tenantId, host) =>
    await registries.credential(tenantId, host);
  const definitions = new TaskDefinitions(store, sealer);
  const addresses = new ServiceAddresses({ executor, sealer, placements });
  const open = definitions.opened.bind(definitions);
  const jobs = new JobVersions(store, {}, open, credentialsFor, addresses);
  const results = new TaskResults(sealer, jobs, store);
  const lists = new DeliveredOrders();
  const everyMs = settings.nodeTimeoutSeconds * 250;
  const tellLogEveryMs = (): number | undefined =>
    exclusive || seen?.connected === true ? undefined : everyMs;
  const refused = new RefusedAgents(clock);
  const logId = logIdOf(store, catalog.categories);
  // Read before agents ask for it. A failed read is repeated then.
  logId().catch(() => undefined);
  const nodeCommands = createNodeCommands({
    executor,
    clock,
    placements,
    telemetry,
    jobs,
    results,
    logger: log,
    refused,
    lists,
    ownParts,
    logId,
    timeoutMs: settings.nodeTimeoutSeconds * 1000,
    waitingNodes: settings.identity.waitingNodes,
    tellLogEveryMs,
  });
  host.check(() => nodeIdsCheck(refused.list()));
  const hearing = exclusive
    ? seen && createHearingOverNats(placements, seen)
    : createHearing(store, placements, seen);
  const nodes = new NodeAccess({
    executor,
    root,
    ids: processIds,
    clock,
    joinToken: joinTokenFor(settings),
    allowBearerJoin: settings.allowBearerJoin,
  });
  const agentChannel = tracedAgentChannel(await openAgentChannel(host, settings, messaging, nodes));
  return {
    executor,
    decided,
    placements,
    telemetry,
    jobs,
    lists,
    nodeCommands,
    results,
    hearing,
    nodes,
    agentChannel,
    zoneData: openZoneData(host, executor),
  };
}

function nodeIdsCheck(refused: readonly RefusedAgent[]): ReadinessCheck {
  const sentences = refused.map(
    ({ nodeId, address, holder }) =>
      `two agents have the id of node ${nodeId}: the one at ${holder} is the node, and the one at ${address} is refused`,
  );
  return {
    name: 'node-ids',
    ok: refused.length === 0,
    vital: false,
    detail: sentences.join('; ') || 'no two agents have the same node id',
  };
}

export function runningOf({ placements }: Pick<Fleet, 'placements'>): number {
  const all = [...placements.state.nodes.values()].flatMap((node) => [...node.allocations.values()]);
  return all.filter((allocation) => allocation.started && !allocation.ended).length;
}
