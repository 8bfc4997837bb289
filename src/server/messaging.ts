import { createHttpAgentChannel } from '#agents/transport/agent-channel.js';
import { codedLog } from '#agents/log.js';
import type { NatsLink } from '#agents/transport/nats/link.js';
import { joinTokenOf } from '#agents/transport/nats/options.js';
import { WORKERS_SUBJECT } from '#agents/transport/nats/subjects.js';
import { routeByRegistration } from '#agents/transport/routed-channel.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import { workersBatch, type WorkerSeen } from '#domain/protocol/index.js';
import {
  serveAgentsOverNats,
  shareSeenOverNats,
  type NodeCommands,
  type NodeDocuments,
} from '#src/fleet/nodes/index.js';
import type { Settings } from './settings/settings.js';
import type { Broadcast, BroadcastHost, Publisher } from '#src/engine/messaging/index.js';
import type { NodeAccess } from '#src/accounts/index.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';
import { processIds, processRandom } from './process-ids.js';

export interface Messaging {
  /** Shares heartbeats between servers; undefined if only the log connects them. */
  readonly seen: PresenceBroadcast | undefined;
  /** Shares heartbeats of workers without an agent; undefined if each server shows only those that it received itself. */
  readonly workersSeen: Broadcast<WorkerSeen> | undefined;
  /** The NATS connection, which may still be connecting; undefined if NATS is not set. */
  readonly nats: NatsLink | undefined;
}

/** Connects to NATS if its URL is set. Otherwise the NATS modules are never loaded. */
export async function openMessaging(
  settings: Pick<Settings, 'natsUrl' | 'natsOpen' | 'roles'>,
  clock: Clock,
  log: Log,
  closing: Closing,
): Promise<Messaging> {
  const { natsUrl, natsOpen } = settings;
  if (natsUrl === undefined) return { seen: undefined, workersSeen: undefined, nats: undefined };
  const { openNats } = await import('#agents/transport/nats/link.js');
  const link = openNats({
    url: natsUrl,
    acceptOpen: natsOpen,
    name: 'muster server',
    clock,
    log: codedLog(log),
    random: processRandom,
  });
  closing.add('nats', async () => await link.close());
  const telling = { link, clock, logger: log, server: processIds.uuid() };
  const seen = await shareSeenOverNats(telling);
  closing.add('seen-over-nats', async () => await seen.close());
  return {
    seen,
    workersSeen: settings.roles.includes('api') ? await shareWorkersOverNats(telling, closing) : undefined,
    nats: link,
  };
}

async function shareWorkersOverNats(
  options: BroadcastHost,
  closing: Closing,
): Promise<Broadcast<WorkerSeen>> {
  const { broadcastOverNats } = await import('#src/engine/messaging/index.js');
  const shared = broadcastOverNats<WorkerSeen>({
    ...options,
    subject: WORKERS_SUBJECT,
    schema: workersBatch,
    malformed: 'nats.workers.malformed',
  });
  closing.add('workers-over-nats', async () => await shared.close());
  return shared;
}

/** The credential of nodes that have no secret yet: the join token; over NATS without one, a value derived from the NATS credentials. */
export function joinTokenFor({
  joinToken,
  natsUrl,
}: Pick<Settings, 'joinToken' | 'natsUrl'>): string | undefined {
  return joinToken ?? (natsUrl === undefined ? undefined : joinTokenOf(natsUrl));
}

/**
 * Opens the channel to the agents: over NATS for agents that joined that way, else over HTTP. `access`: the secrets shared with nodes; undefined if
 * there are none.
 */
export async function openAgentChannel(
  settings: Pick<Settings, 'agentRequestTimeoutSeconds' | 'joinToken'>,
  { nats }: Messaging,
  access: NodeAccess | undefined,
  clock: Clock,
  closing: Closing,
): Promise<AgentChannel> {
  const requestTimeoutMs = settings.agentRequestTimeoutSeconds * 1000;
  // Without a join token, agents on loopback check the owner of our connection instead.
  const bearerOf =
    access === undefined || settings.joinToken === undefined
      ? undefined
      : async (nodeId: string) => await access.orderTokenOf(nodeId);
  const http = createHttpAgentChannel({ requestTimeoutMs, bearerOf });
  const overNats =
    nats === undefined || access === undefined
      ? undefined
      : (await import('#agents/transport/nats/agent-channel.js')).createNatsAgentChannel({
          link: nats,
          clock,
          requestTimeoutMs,
          secretOf: async (nodeId) => await access.rememberedSecretOf(nodeId),
          bearerOf,
        });
  const channel = routeByRegistration(http, overNats);
  closing.add('agent-channel', async () => await channel.close());
  return channel;
}

export async function serveAgents(
  { nats }: Messaging,
  nodeCommands: NodeCommands,
  documents: NodeDocuments,
  access: NodeAccess,
  { joinToken }: Pick<Settings, 'joinToken'>,
  log: Log,
  closing: Closing,
): Promise<void> {
  if (nats === undefined) return;
  const demandsBearer = joinToken !== undefined;
  const served = await serveAgentsOverNats({
    link: nats,
    nodeCommands,
    documents,
    ids: processIds,
    logger: log,
    access,
    demandsBearer,
  });
  closing.add('agents-over-nats', async () => await served.stop());
}

export async function publishEvents(
  settings: Pick<Settings, 'roles' | 'natsStream'>,
  { nats }: Messaging,
  store: EventStore,
  clock: Clock,
  log: Log,
  closing: Closing,
): Promise<Publisher | undefined> {
  if (nats === undefined || !settings.roles.includes('dispatcher')) return undefined;
  const { startPublisher } = await import('#src/engine/messaging/index.js');
  const publisher = startPublisher({
    store,
    link: nats,
    clock,
    logger: log,
    server: processIds.uuid(),
    random: processRandom,
    stream: settings.natsStream,
  });
  closing.add('publisher', async () => await publisher.stop());
  return publisher;
}
