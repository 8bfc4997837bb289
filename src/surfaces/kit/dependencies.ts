import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import type { LocalAccess } from '#agents/listener/index.js';
import type { FastifyBaseLogger } from 'fastify';
import type { MusterError } from '#domain/kernel/errors/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Identity } from '#src/accounts/index.js';
import type { CommandExecutor, DecidedEvents } from '#src/engine/commands/index.js';
import type { Broadcast } from '#src/engine/messaging/index.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { NodeCommands, NodeDocuments, TaskResults } from '#src/fleet/nodes/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** If false, a failure is reported but the server stays ready. Default true. */
  readonly vital?: boolean;
  readonly detail?: string;
  /** If not ok: since when, ISO 8601. */
  readonly since?: string;
}

export interface ApiSettings {
  readonly host: string;
  readonly joinToken: string | undefined;
  readonly testApiKey: string | undefined;
  readonly allowedHosts?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly localAccess?: LocalAccess;
  readonly openExecution?: boolean;
  readonly quotas?: DefaultLimits;
  readonly serverUrl?: string | undefined;
  readonly agentUrl?: string | undefined;
  readonly nodeTimeoutSeconds?: number;
}

/** Parts of the HTTP API. Its caller creates and closes them. */
export interface ApiDependencies {
  readonly executor: CommandExecutor;
  readonly decided?: DecidedEvents;
  readonly readModels: ReadModels;
  readonly nodeCommands: NodeCommands;
  readonly agentChannel: AgentChannel;
  /** Exchanges sightings of workers (tasks surface) with other servers. */
  readonly workersSeen?: Broadcast<WorkerSeen> | undefined;
  readonly results: Pick<TaskResults, 'read'>;
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly eventStore: EventStore;
  readonly dryRuns: DryRuns;
  readonly settings: ApiSettings;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>;
  /** Metrics for `/metrics`; the API adds request durations. Absent: there is no such path. */
  readonly metrics?: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Whether an error is counted elsewhere and need not be logged, such as each failure during an outage. Default: all errors are logged. */
  readonly wasExpected?: (error: MusterError) => boolean;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  /** How long a GET waits for its position, and a command for its projection if read models are shared. */
  readonly waitMs: number;
  /** Above this number of unprojected commands, commands no longer wait for their projection. */
  readonly lag: number;
  readonly followers: number;
  readonly followersPerAccount: number;
  /** Interval of comments that keep a silent event stream open. */
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
