import type { Clock } from '#domain/ports/clock.js';
import type { Ids } from '#domain/ports/ids.js';
import type { KeptDocuments } from '#domain/ports/kept-documents.js';
import type { CondaSettings } from './drivers/conda/index.js';
import type { DiskLimits } from './drivers/disk-watch.js';
import type { DriverRoom } from './drivers/driver.js';
import type { LocalAccess } from './listener/index.js';
import type { LogSink } from './log.js';
import type { LogBounds } from './logs/rotated-log.js';
import type { Retention } from './runner/retention.js';
import type { UidRange } from './users/tenant-users.js';

/** What an agent is started with. */
export interface AgentOptions {
  /** The agent keeps everything in the folder `agent` below it. */
  readonly dataDir: string;
  /** Base URL of the server that it joins. Not used where NATS is. */
  readonly serverUrl?: string | undefined;
  /** `nats://…`: it speaks with servers over NATS alone. */
  readonly natsUrl?: string | undefined;
  /** Whether a NATS server that lets in clients without credentials is used all the same. */
  readonly natsOpen?: boolean | undefined;
  /** Where its API listens; port 0 is any free one. */
  readonly host: string;
  readonly port: number;
  /** URL that the server reaches it at; made of host and port when absent. */
  readonly advertisedUrl?: string | undefined;
  /** Further names that its API answers to. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Whose connections need no token, where there is none. Default `same-user`. */
  readonly localAccess?: LocalAccess | undefined;
  readonly heartbeatSeconds: number;
  /** Milliseconds until a request to a server counts as failed. Default 10,000; over NATS no more than the heartbeat's interval, or 3,000 where that is shorter. */
  readonly requestTimeoutMs?: number;
  /** Sent to the server as Bearer, and demanded of all who call the agent. Required off loopback. */
  readonly joinToken?: string | undefined;
  /** File that holds the join token, in place of `joinToken`: it is read while the node has no secret that servers take, and not kept. */
  readonly joinTokenFile?: string | undefined;
  /** Instead of the id that it makes once and keeps. */
  readonly nodeId?: string | undefined;
  /** The name by which a server at `serverUrl` gives it its id, instead of one that it makes. Not used with `nodeId`. */
  readonly hostname?: string | undefined;
  /** Path of Docker's socket; absent: DOCKER_HOST, else Docker's default. */
  readonly dockerSocket?: string | undefined;
  /** Host address that containers' ports are published on. Absent: loopback when the agent listens there, else all. */
  readonly publishHost?: string | undefined;
  /** User numbers that tenants' processes run as, where the agent is root. */
  readonly taskUids?: UidRange | undefined;
  /** Tenants' processes may run as the agent's own user, where the agent is not root. Default: none of them runs there. */
  readonly tenantsShareAgentUser?: boolean | undefined;
  /** Tenants' processes may share `/tmp` and `/dev/shm`, where the agent can make no namespaces. Default: none of them runs there. */
  readonly tenantsShareTmp?: boolean | undefined;
  /** Tenants' processes may run where they reach a store of Muster's, or its NATS, that asks for no credentials. Default: none of them runs there. */
  readonly tenantsReachOpenStores?: boolean | undefined;
  /** Processes and threads that a tenant's task may have at once. */
  readonly taskProcesses?: number | undefined;
  /** What a tenant's task may have on the disk. */
  readonly taskDisk?: DiskLimits | undefined;
  /** Bytes that each named volume of a tenant may have. */
  readonly volumeBytes?: number | undefined;
  /** What HTTP calls of tasks may reach beyond the Internet: ranges and hosts, by commas. */
  readonly httpAllow?: string | undefined;
  /** What registries of images may be at beyond the Internet, likewise. */
  readonly registryAllow?: string | undefined;
  /** URLs, or `host:port`, of Muster's parts, which those never reach; the agent's own and that of its server are among them anyway. */
  readonly ownParts?: readonly string[] | undefined;
  /** What an operator says of conda environments; what is absent has its default. */
  readonly conda?: Partial<CondaSettings> | undefined;
  /** Where orders' texts come from, such as locks of environments. Default: the agent's server. */
  readonly documents?: KeptDocuments | undefined;
  /** What tasks are run by. Default: every driver there is. */
  readonly drivers?: readonly DriverRoom[];
  readonly retention?: Retention;
  /** Whether processes that it starts outlive it. Absent: it finds out by where it runs. */
  readonly tasksOutliveAgent?: boolean | undefined;
  /** Process whose end ends what this one started: its parent, where it ends with that. Default: its own. */
  readonly endsWith?: number | undefined;
  /** Rotation of process tasks' logs. */
  readonly logBounds?: LogBounds;
  /** Registered instead of what the machine has, for each resource that is named. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Registered in addition to what is found out of the machine. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly log: LogSink;
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1): spreads the agents' retries. */
  readonly random: () => number;
}
