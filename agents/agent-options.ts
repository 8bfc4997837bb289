import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { DriverModule } from './drivers/driver.js';
import type { LocalAccess } from './platform/listener/index.js';
import type { PeerSettings } from './platform/listener/trusted-peers.js';
import type { LogSink } from './platform/log.js';
import type { AgentSettings } from './settings.js';

export interface AgentOptions extends AgentSettings, PeerSettings {
  readonly dataDir: string;
  readonly serverUrl?: string | undefined;
  /** NATS URL (`nats://…`). If set, the agent communicates with servers only over NATS. */
  readonly natsUrl?: string | undefined;
  readonly natsOpen: boolean;
  readonly host: string;
  readonly port: number;
  readonly advertisedUrl?: string | undefined;
  readonly allowedHosts: readonly string[];
  /** Local connections that are accepted without a token if no token is set. */
  readonly localAccess: LocalAccess;
  readonly heartbeatSeconds: number;
  /** Timeout of a request to a server, in milliseconds. Over NATS at most the heartbeat interval or 3,000, whichever is longer. */
  readonly requestTimeoutMs: number;
  /** Sent to the server as a bearer token, and required from callers of the agent. Mandatory if the agent does not listen on loopback. */
  readonly joinToken?: string | undefined;
  /**
   * File with the join token, used instead of `joinToken`. It is read only while the node has no secret that servers accept, and its content is never
   * stored.
   */
  readonly joinTokenFile?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly hostname?: string | undefined;
  readonly dockerSocket?: string | undefined;
  /** Host address on which container ports are published. Default: loopback if the agent listens there, otherwise all addresses. */
  readonly publishHost?: string | undefined;
  /** URLs or `host:port` of Muster's own components, which tasks may never call. The agent and its server are always included. */
  readonly ownParts?: readonly string[] | undefined;
  readonly documents?: TextBlobs | undefined;
  readonly drivers?: readonly DriverModule[];
  /** Process id. The processes that the agent started end when this process ends. Default: the agent's own process. */
  readonly endsWith?: number | undefined;
  readonly resources?: Readonly<Record<string, number>>;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly log: LogSink;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Must return a number in [0, 1). It is used to spread the agents' retries over time. */
  readonly random: () => number;
}
