import { createHttpAgentChannel } from '#agents/transport/agent-channel.js';
import { codedLog } from '#agents/log.js';
import type { NatsLink } from '#agents/transport/nats/link.js';
import { routeByRegistration } from '#agents/transport/routed-channel.js';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { SeenBroadcast } from '#domain/ports/seen-broadcast.js';
import { serveAgentsOverNats, shareSeenOverNats, type NodeCommands } from '#src/fleet/nodes/index.js';
import type { Settings } from './settings/settings.js';
import type { Publisher } from '#src/engine/messaging/index.js';
import type { NodeAccess } from '#src/accounts/index.js';
import type { Closing } from './closing.js';
import type { Log } from './log.js';
import { processIds, processRandom } from './process-ids.js';

/** How this server speaks with agents. */
export interface Messaging {
  readonly channel: AgentChannel;
  /** How servers tell each other whom they heard; undefined: by the log alone. */
  readonly seen: SeenBroadcast | undefined;
  /** The connection to NATS, which need not stand yet; undefined where none is set. */
  readonly nats: NatsLink | undefined;
}

/** Chooses the ways to agents: over NATS where its URL is set and the agent came that way, else over HTTP. Without NATS nothing of it is loaded, here and below. */
export async function openMessaging(
  settings: Pick<Settings, 'natsUrl' | 'joinToken' | 'agentRequestTimeoutSeconds'>,
  clock: Clock,
  log: Log,
  closing: Closing,
): Promise<Messaging> {
  const { natsUrl, joinToken } = settings;
  const requestTimeoutMs = settings.agentRequestTimeoutSeconds * 1000;
  const http = createHttpAgentChannel({ requestTimeoutMs, joinToken });
  if (natsUrl === undefined) {
    const channel = routeByRegistration(http, undefined);
    closing.add('agent-channel', async () => await channel.close());
    return { channel, seen: undefined, nats: undefined };
  }
  const [{ openNats }, { createNatsAgentChannel }] = await Promise.all([
    import('#agents/transport/nats/link.js'),
    import('#agents/transport/nats/agent-channel.js'),
  ]);
  const link = openNats({ url: natsUrl, name: 'muster server', clock, log: codedLog(log), random: processRandom });
  closing.add('nats', async () => await link.close());
  const channel = routeByRegistration(http, createNatsAgentChannel({ link, clock, requestTimeoutMs, joinToken }));
  closing.add('agent-channel', async () => await channel.close());
  const seen = await shareSeenOverNats({ link, clock, logger: log, server: processIds.uuid() });
  closing.add('seen-over-nats', async () => await seen.close());
  return { channel, seen, nats: link };
}

/** Takes what agents say over NATS, where there is one. */
export async function serveAgents({ nats }: Messaging, nodeCommands: NodeCommands, access: NodeAccess | undefined, log: Log, closing: Closing): Promise<void> {
  if (nats === undefined) return;
  const served = await serveAgentsOverNats({ link: nats, nodeCommands, ids: processIds, logger: log, access });
  closing.add('agents-over-nats', async () => await served.stop());
}

/** Publishes the events, where there is NATS and this server has the role for it. */
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
  const publisher = startPublisher({ store, link: nats, clock, logger: log, server: processIds.uuid(), random: processRandom, stream: settings.natsStream });
  closing.add('publisher', async () => await publisher.stop());
  return publisher;
}
