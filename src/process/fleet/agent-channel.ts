import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { TrustedPeers, type PeerSettings } from '#agents/platform/listener/trusted-peers.js';
import { joinTokenOf } from '#agents/platform/transport/nats/options.js';
import { routeByRegistration } from '#agents/platform/transport/routed-channel.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { FleetSettings } from './settings.js';
import type { CredentialSettings } from '../accounts/settings.js';
import type { MessagingSettings } from '../messaging/settings.js';
import type { NodeAccess } from '#src/fleet/node-access/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { Messaging } from '../messaging/messaging.js';

/** Returns the credential of nodes that have no secret yet: the join token or, if only NATS is set, a value derived from the NATS credentials. */
export function joinTokenFor({
  joinToken,
  natsUrl,
}: Pick<CredentialSettings & MessagingSettings, 'joinToken' | 'natsUrl'>): string | undefined {
  return joinToken ?? (natsUrl === undefined ? undefined : joinTokenOf(natsUrl));
}

/** Opens the channel to the agents: over NATS to agents that joined over NATS, over HTTP to all others. `access` provides the nodes' secrets. */
export async function openAgentChannel(
  host: ServerHost,
  settings: Pick<FleetSettings & CredentialSettings, 'agentRequestTimeoutSeconds' | 'joinToken'> &
    PeerSettings,
  { nats }: Messaging,
  access: NodeAccess,
): Promise<AgentChannel> {
  const requestTimeoutMs = settings.agentRequestTimeoutSeconds * 1000;
  const secretOf = async (nodeId: string): Promise<string> => await access.rememberedSecretOf(nodeId);
  const hasCredential = settings.joinToken !== undefined;
  const bearerOf = hasCredential ? async (nodeId: string) => await access.orderTokenOf(nodeId) : undefined;
  const http = createHttpAgentChannel({
    requestTimeoutMs,
    bearerOf,
    secretOf: hasCredential ? secretOf : undefined,
    peers: new TrustedPeers(settings.serverUsers),
  });
  const overNats =
    nats === undefined
      ? undefined
      : (await import('#agents/platform/transport/nats/agent-channel.js')).createNatsAgentChannel({
          link: nats,
          clock: host.clock,
          requestTimeoutMs,
          secretOf,
          bearerOf,
        });
  const channel = routeByRegistration(http, overNats);
  host.onClose('agent-channel', async () => await channel.close());
  return channel;
}
