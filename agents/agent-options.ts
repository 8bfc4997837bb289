import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { TextBlobs } from '#domain/kernel/ports/text-blobs.js';
import type { CondaSettings } from './drivers/conda/index.js';
import type { DiskLimits } from './drivers/disk-watch.js';
import type { DriverModule } from './drivers/driver.js';
import type { LocalAccess } from './listener/index.js';
import type { LogSink } from './log.js';
import type { LogBounds } from './logs/rotated-log.js';
import type { Retention } from './runner/retention.js';
import type { UidRange } from './users/tenant-users.js';

export interface AgentOptions {
  /** The agent keeps its files in the subfolder `agent`. */
  readonly dataDir: string;
  readonly serverUrl?: string | undefined;
  /** `nats://…`: talk to servers over NATS only. */
  readonly natsUrl?: string | undefined;
  readonly natsOpen?: boolean | undefined;
  readonly host: string;
  readonly port: number;
  /** URL under which the server reaches the agent. Default: made from host and port. */
  readonly advertisedUrl?: string | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
  /** Which local connections need no token when no token is set. Default `same-user`. */
  readonly localAccess?: LocalAccess | undefined;
  readonly heartbeatSeconds: number;
  /** Timeout of a request to a server, in milliseconds. Default 10,000; over NATS at most the heartbeat interval, or 3,000 if that is shorter. */
  readonly requestTimeoutMs?: number;
  /** Sent to the server as a bearer token, and required from callers of the agent. Mandatory off loopback. */
  readonly joinToken?: string | undefined;
  /**
   * File with the join token, used instead of `joinToken`. It is read only while the node has no secret that servers accept, and its content is never
   * stored.
   */
  readonly joinTokenFile?: string | undefined;
  readonly nodeId?: string | undefined;
  /** Requests the node id from the server at `serverUrl` by this name. Ignored if `nodeId` is set. */
  readonly hostname?: string | undefined;
  readonly dockerSocket?: string | undefined;
  /** Host address on which container ports are published. Default: loopback if the agent listens there, otherwise all addresses. */
  readonly publishHost?: string | undefined;
  readonly taskUids?: UidRange | undefined;
  /** Allow tenants' processes to run as the agent's own user when the agent is not root. Default: they are refused. */
  readonly tenantsShareAgentUser?: boolean | undefined;
  /** Allow tenants' processes to share `/tmp` and `/dev/shm` where the agent cannot create namespaces. Default: they are refused. */
  readonly tenantsShareTmp?: boolean | undefined;
  /** Allow tenants' processes where they can reach a store or NATS server of Muster that needs no credentials. Default: they are refused. */
  readonly tenantsReachOpenStores?: boolean | undefined;
  readonly taskProcesses?: number | undefined;
  readonly taskDisk?: DiskLimits | undefined;
  readonly volumeBytes?: number | undefined;
  /** Ranges and hosts outside the Internet that HTTP tasks may call, separated by commas. */
  readonly httpAllow?: string | undefined;
  /** Ranges and hosts outside the Internet that image registries may be at, separated by commas. */
  readonly registryAllow?: string | undefined;
  /** URLs or `host:port` of Muster's own parts, which tasks may never call. The agent and its server are always included. */
  readonly ownParts?: readonly string[] | undefined;
  readonly conda?: Partial<CondaSettings> | undefined;
  /** Source of large texts that orders refer to, such as conda locks. Default: the agent's server. */
  readonly documents?: TextBlobs | undefined;
  readonly drivers?: readonly DriverModule[];
  readonly retention?: Retention;
  /** Whether started processes outlive the agent. Default: detected from the environment. */
  readonly tasksOutliveAgent?: boolean | undefined;
  /** Process whose end also ends the started processes. Default: the agent's own. */
  readonly endsWith?: number | undefined;
  readonly logBounds?: LogBounds;
  readonly resources?: Readonly<Record<string, number>>;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly log: LogSink;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Returns a number in [0, 1); spreads the agents' retries. */
  readonly random: () => number;
}
