import type { AgentLog } from '../../platform/log.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { TrustedPeers } from '../../platform/listener/trusted-peers.js';
import type { NodeCredential } from '../../platform/node-secret.js';
import type { ServerClient } from '../../platform/transport/server-client.js';
import { openNats } from '../../platform/transport/nats/link.js';
import { createNatsServerClient } from '../../platform/transport/nats/server-client.js';
import { serveNodeOverNats, type ServeNodeParts } from './serve-node.js';
import { inboxOf } from '../../platform/transport/nats/subjects.js';

export interface NatsEndOptions {
  readonly url: string;
  readonly acceptOpen: boolean;
  readonly peers?: TrustedPeers | undefined;
  readonly nodeId: string;
  readonly credential: NodeCredential;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
}

export interface NatsEnd {
  readonly client: ServerClient;
  serve(parts: Omit<ServeNodeParts, 'link' | 'nodeId' | 'clock' | 'log'>): Promise<void>;
  close(): Promise<void>;
}

export function openNatsEnd({
  url,
  acceptOpen,
  peers,
  nodeId,
  credential,
  requestTimeoutMs,
  clock,
  log,
  random,
}: NatsEndOptions): NatsEnd {
  const link = openNats({
    url,
    acceptOpen,
    peers,
    name: `muster agent ${nodeId}`,
    inbox: inboxOf(nodeId),
    clock,
    log,
    random,
  });
  return {
    client: createNatsServerClient({ link, credential, requestTimeoutMs }),
    serve: (parts) => serveNodeOverNats({ link, nodeId, clock, log, ...parts }),
    close: () => link.close(),
  };
}
