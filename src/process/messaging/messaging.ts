import { TrustedPeers, type PeerSettings } from '#agents/platform/listener/trusted-peers.js';
import { codedLog } from '#agents/platform/log.js';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { WORKERS_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import { plural } from '#domain/kernel/plural.js';
import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import { workersBatch, type WorkerSeen } from '#domain/protocol/index.js';
import {
  serveAgentsOverNats,
  shareSeenOverNats,
  type NodeCommands,
  type NodeDocuments,
} from '#src/fleet/nodes/index.js';
import type { Dependency } from '../host/health-monitor.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { RoleSettings } from '../host/roles.js';
import type { EventLog } from '../event-log/event-log.js';
import type { CredentialSettings } from '../accounts/settings.js';
import { natsMetrics, publisherMetrics } from './metrics.js';
import type { MessagingSettings } from './settings.js';
import type { Broadcast, BroadcastHost, Publisher } from '#src/messaging/index.js';
import type { NodeAccess } from '#src/fleet/node-access/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { Keys } from '../keys/keys.js';
import { processIds, processRandom } from '../host/process-ids.js';

export interface Messaging {
  readonly seen: PresenceBroadcast | undefined;
  readonly workersSeen: Broadcast<WorkerSeen> | undefined;
  readonly nats: NatsLink | undefined;
}

export async function openMessaging(
  host: ServerHost,
  settings: MessagingSettings & RoleSettings & PeerSettings,
  keys: Keys | undefined,
): Promise<Messaging> {
  const { clock, log } = host;
  const { natsUrl, natsOpen, serverUsers } = settings;
  if (natsUrl === undefined) return { seen: undefined, workersSeen: undefined, nats: undefined };
  const { openNats } = await import('#agents/platform/transport/nats/link.js');
  const link = openNats({
    url: natsUrl,
    acceptOpen: natsOpen,
    peers: new TrustedPeers(serverUsers),
    name: 'muster server',
    clock,
    log: codedLog(log),
    random: processRandom,
  });
  host.onClose('nats', async () => await link.close());
  host.probe(natsProbe(link));
  host.measure((metrics) => natsMetrics(metrics, link));
  // Only servers with keys deal with nodes and workers.
  if (keys === undefined) return { seen: undefined, workersSeen: undefined, nats: link };
  const key = keys.root.derive('server-messages');
  const telling = { link, clock, logger: log, server: processIds.uuid(), key };
  const seen = await shareSeenOverNats(telling);
  host.onClose('seen-over-nats', async () => await seen.close());
  return {
    seen,
    workersSeen: settings.roles.includes('api') ? await shareWorkersOverNats(host, telling) : undefined,
    nats: link,
  };
}

async function shareWorkersOverNats(
  host: ServerHost,
  options: BroadcastHost,
): Promise<Broadcast<WorkerSeen>> {
  const { broadcastOverNats } = await import('#src/messaging/index.js');
  const shared = broadcastOverNats<WorkerSeen>({
    ...options,
    subject: WORKERS_SUBJECT,
    schema: workersBatch,
    malformed: 'nats.workers.malformed',
  });
  host.onClose('workers-over-nats', async () => await shared.close());
  return shared;
}

interface Served {
  readonly nodeCommands: NodeCommands;
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly nodes: NodeAccess;
}

export async function serveAgents(
  host: ServerHost,
  { joinToken }: Pick<CredentialSettings, 'joinToken'>,
  { nats }: Messaging,
  { nodeCommands, documents, nodes: access }: Served,
): Promise<void> {
  if (nats === undefined) return;
  const demandsBearer = joinToken !== undefined;
  const served = await serveAgentsOverNats({
    link: nats,
    nodeCommands,
    documents,
    ids: processIds,
    logger: host.log,
    access,
    demandsBearer,
  });
  host.onClose('agents-over-nats', async () => await served.stop());
}

export async function publishEvents(
  host: ServerHost,
  settings: MessagingSettings & RoleSettings,
  { nats }: Messaging,
  keys: Keys | undefined,
  { store, catalog }: Pick<EventLog, 'store' | 'catalog'>,
): Promise<void> {
  if (nats === undefined || keys === undefined || !settings.roles.includes('dispatcher')) return;
  const { startPublisher } = await import('#src/messaging/index.js');
  const publisher = startPublisher({
    store,
    catalog,
    link: nats,
    clock: host.clock,
    logger: host.log,
    server: processIds.uuid(),
    key: keys.root.derive('server-messages'),
    random: processRandom,
    stream: settings.natsStream,
  });
  host.onClose('publisher', async () => await publisher.stop());
  host.check(() => checkOfPublisher(publisher));
  host.measure((metrics) => publisherMetrics(metrics, publisher));
}

const FLUSH_MS = 1500;

/** Not vital: without NATS, running work continues and HTTP requests are still served. */
function natsProbe(nats: NatsLink): Dependency {
  return {
    name: 'nats',
    vital: false,
    async ask() {
      const { connected, problem, reconnects, version } = nats.status();
      if (!connected) throw new Error(`not connected: ${problem ?? ''}`);
      if (!(await nats.flush(FLUSH_MS))) throw new Error('connected, but not responding');
      return `connected to ${version ?? 'a server'}, ${plural(reconnects, 'reconnect')}`;
    },
  };
}

function checkOfPublisher(publisher: Publisher): ReadinessCheck {
  const { leading, position, published, jetstream, problem } = publisher.status();
  const at = position === undefined ? '' : `, at position ${position}`;
  return {
    name: 'publisher',
    ok: problem === undefined,
    vital: false,
    detail:
      problem ??
      (leading
        ? `${plural(published, 'event')} published${at}, ${jetstream === true ? 'retained by JetStream' : 'not retained'}`
        : `standby${at}`),
  };
}
