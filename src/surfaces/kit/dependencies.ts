import type { DefaultLimits } from '#domain/quota/index.js';
import type { LocalAccess } from '#agents/listener/index.js';
import type { FastifyBaseLogger } from 'fastify';
import type { MusterError } from '#domain/errors/index.js';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { Ids } from '#domain/ports/ids.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Identity } from '#src/accounts/index.js';
import type { CommandExecutor, DecidedEvents } from '#src/engine/commands/index.js';
import type { Broadcast } from '#src/engine/messaging/index.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { NodeCommands, NodeDocuments, TaskResults } from '#src/fleet/nodes/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

/** One thing that must be well before requests are wanted. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** False: where it fails it is named, and requests are wanted all the same. Absent: true. */
  readonly vital?: boolean;
  /** What is wrong, or a figure. */
  readonly detail?: string;
  /** Where it is not ok: since when, ISO 8601. */
  readonly since?: string;
}

/** What of the settings the API goes by. Absent: what is their default. */
export interface ApiSettings {
  /** Where it listens. */
  readonly host: string;
  readonly joinToken: string | undefined;
  /** Enables `POST /test/clear-all`. */
  readonly testApiKey: string | undefined;
  /** Further names that it answers to. */
  readonly allowedHosts?: readonly string[];
  /** Proxies whose `X-Forwarded-For` says who makes a request. Absent: none. */
  readonly trustedProxies?: readonly string[];
  /** Who is the operator on loopback. */
  readonly localAccess?: LocalAccess;
  /** Every account may run processes on workers. Absent: only those that were granted it. */
  readonly openExecution?: boolean;
  /** Limits of tenants and accounts that have none of their own. Absent: none. */
  readonly quotas?: DefaultLimits;
  /** What is advertised: its hosts are names of ours. */
  readonly serverUrl?: string | undefined;
  readonly agentUrl?: string | undefined;
  /** Silence after which a node is down. Absent: 30. */
  readonly nodeTimeoutSeconds?: number;
}

/** What the HTTP API is composed of. Nothing here is made or closed by it. */
export interface ApiDependencies {
  readonly executor: CommandExecutor;
  /** What commands of this process have made durable. Absent: nobody counts it. */
  readonly decided?: DecidedEvents;
  readonly readModels: ReadModels;
  readonly nodeCommands: NodeCommands;
  readonly agentChannel: AgentChannel;
  /** What servers tell each other of workers that send heartbeats to the tasks surface. Undefined: nothing. */
  readonly workersSeen?: Broadcast<WorkerSeen> | undefined;
  /** What tasks gave back. */
  readonly results: Pick<TaskResults, 'read'>;
  /** What nodes fetch by its hash. */
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly eventStore: EventStore;
  /** What the scheduler would do. */
  readonly dryRuns: DryRuns;
  readonly settings: ApiSettings;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Asked at each `GET /readyz`. */
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>;
  /** What `/metrics` tells; the API adds the durations of its requests. Absent: there is no such path. */
  readonly metrics?: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Whether a failure is counted elsewhere and needs no line of its own in the log, such as each one of an outage. Absent: every failure is logged. */
  readonly wasExpected?: (error: MusterError) => boolean;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** Levels of arrays and objects in a body. */
  readonly jsonDepth: number;
  /** Milliseconds that a GET waits for its position, and a command for its projection where the models are shared. */
  readonly waitMs: number;
  /** Commands of this server not yet projected, above which no command waits for its own. */
  readonly lag: number;
  /** Streams followed at once: events and logs. */
  readonly followers: number;
  /** Of these, streams of one account that is not an administrator's. */
  readonly followersPerAccount: number;
  /** Milliseconds between the comments that keep a silent event stream open. */
  readonly keepAliveMs: number;
  readonly connections: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 512 * 1024,
  jsonDepth: 32,
  waitMs: 500,
  lag: 2000,
  followers: 256,
  followersPerAccount: 32,
  keepAliveMs: 15_000,
  connections: 16_384,
};
