import type { Agent } from 'undici';
import { variable } from '#agents/platform/environment.js';
import { TrustedPeers } from '#agents/platform/listener/trusted-peers.js';
import { checkedConnector } from '#agents/platform/transport/checked-connector.js';
import { addressOfServer } from '#agents/platform/transport/server-address.js';
import { Agent as Connections } from '#agents/platform/transport/undici-parts.js';
import { itemsOf } from '#domain/kernel/settings/items.js';

const opened = new Map<string, Agent>();

/** Returns the connections of this command to a server. */
export function connectionsTo(address: string): Agent {
  const known = opened.get(address);
  if (known !== undefined) return known;
  const users = new TrustedPeers(itemsOf(variable('MUSTER_SERVER_USER') ?? ''));
  const { socketPath } = addressOfServer(address);
  const made = new Connections({ connect: checkedConnector(users, { socketPath }) });
  opened.set(address, made);
  return made;
}
