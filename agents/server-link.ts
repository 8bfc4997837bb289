import type { AgentOptions } from './agent-options.js';
import type { NatsEnd } from './api/nats/agent-end.js';
import { TrustedPeers } from './platform/listener/trusted-peers.js';
import { codedLog } from './platform/log.js';
import type { NodeCredential } from './platform/node-secret.js';
import { createServerClient, type ServerClient } from './platform/transport/server-client.js';

export interface ServerLink {
  readonly client: ServerClient;
  /** Present if the agent communicates with servers over NATS. It then receives their orders there. */
  readonly nats?: NatsEnd;
  /** Ends the connection. Close the client first, so that its pending requests fail immediately. */
  close(): Promise<void>;
}

export async function openServerLink(
  options: AgentOptions,
  nodeId: string,
  credential: NodeCredential,
): Promise<ServerLink> {
  const { natsUrl } = options;
  if (natsUrl === undefined) {
    const client = httpClient(options, credential);
    return { client, close: () => client.close() };
  }
  const nats = await connectNats(natsUrl, nodeId, credential, options);
  return { client: nats.client, nats, close: () => nats.close() };
}

/** Loads NATS only on demand, because loading it slows down startup. */
async function connectNats(
  url: string,
  nodeId: string,
  credential: NodeCredential,
  { natsOpen, serverUsers, requestTimeoutMs, heartbeatSeconds, clock, log, random }: AgentOptions,
): Promise<NatsEnd> {
  const { openNatsEnd } = await import('./api/nats/agent-end.js');
  // A lost message is not reported. It counts as lost when the next one would be due, so that a few losses do not make the node appear dead.
  const due = Math.max(3_000, heartbeatSeconds * 1000);
  return openNatsEnd({
    url,
    acceptOpen: natsOpen,
    peers: new TrustedPeers(serverUsers),
    nodeId,
    credential,
    requestTimeoutMs: Math.min(requestTimeoutMs, due),
    clock,
    log: codedLog(log),
    random,
  });
}

function httpClient(
  { serverUrl, serverUsers, requestTimeoutMs }: AgentOptions,
  credential: NodeCredential,
): ServerClient {
  if (serverUrl === undefined) throw new Error('the URL of a server, or of NATS, is required');
  return createServerClient({
    serverUrl,
    credential,
    requestTimeoutMs,
    peers: new TrustedPeers(serverUsers),
  });
}
