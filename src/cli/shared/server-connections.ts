import { Agent } from 'undici';
import { variable } from '#agents/platform/environment.js';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { checkedConnector } from '#agents/platform/transport/checked-connector.js';
import { commaSeparated } from '#domain/kernel/settings/kinds.js';

let opened: Agent | undefined;

/** Returns the connections of this command. */
export function serverConnections(): Agent {
  const users = commaSeparated.parse(variable('MUSTER_SERVER_USER') ?? '');
  return (opened ??= new Agent({ connect: checkedConnector(new TrustedPeers(users), {}) }));
}
