import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import type { LocalAccess } from '#agents/platform/listener/index.js';
import type { FastifyBaseLogger } from 'fastify';
import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Identity } from '#src/accounts/index.js';
import type { CommandExecutor, DecidedEvents } from '#src/engine/commands/index.js';
import type { Broadcast } from '#src/messaging/index.js';
import type { DecisionReads, DryRuns } from '#src/fleet/scheduler/index.js';
import type { WhatIfReads } from '#src/features/what-if/index.js';
import type { NodeCommands, NodeDocuments, TaskResults } from '#src/fleet/nodes/index.js';
import type { AsOfOptions } from './as-of.js';
import type { ServedTransparencyLog } from '#src/features/transparency/index.js';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly vital?: boolean;
  readonly detail?: string;
  readonly since?: string;
}

export interface ApiSettings {
  readonly host: string;
  readonly joinToken: string | undefined;
  readonly testApiKey: string | undefined;
  readonly allowedHosts?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly proxyUsers?: readonly string[];
  readonly localAccess?: LocalAccess;
  readonly openExecution?: boolean;
  readonly quotas?: DefaultLimits;
  readonly serverUrl?: string | undefined;
  readonly agentUrl?: string | undefined;
  readonly nodeTimeoutSeconds?: number;
}

/** Dependencies of the HTTP API. The caller creates and closes them. */
export interface ApiDependencies {
  readonly executor: CommandExecutor;
  readonly decided?: DecidedEvents;
  readonly readModels: ReadModels;
  /** Absent if history is disabled. */
  readonly history?: History | undefined;
  /** Executes GETs as of a moment. Absent if history is disabled. */
  readonly past?: Pick<AsOfOptions, 'ask'> | undefined;
  /** Whether all parts show a past moment, so that nothing new ever happens and responses are not sent before they are complete. */
  readonly isPast?: boolean;
  /** Replaces `history` for requests as of a moment. Finds the documents that differ between two positions. */
  readonly documentChanges?: Pick<History, 'changed'> | undefined;
  readonly nodeCommands: NodeCommands;
  readonly agentChannel: AgentChannel;
  readonly workersSeen?: Broadcast<WorkerSeen> | undefined;
  readonly results: Pick<TaskResults, 'read'>;
  readonly documents: Pick<NodeDocuments, 'read'>;
  readonly eventStore: EventStore;
  readonly catalog: Catalog;
  readonly dryRuns: DryRuns;
  readonly decisions: DecisionReads;
  readonly whatIf: WhatIfReads;
  /** Undefined if it is disabled. */
  readonly transparency?: ServedTransparencyLog | undefined;
  readonly settings: ApiSettings;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>;
  readonly logger: FastifyBaseLogger;
  /** Whether an error is counted elsewhere and need not be logged, such as each failure during an outage. Default: all errors are logged. */
  readonly wasExpected?: (error: MusterError) => boolean;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  /** How long, in milliseconds, a GET waits for its position, and a command for its projection if read models are shared. */
  readonly waitMs: number;
  /** Above this number of unprojected commands, commands no longer wait for their projection. */
  readonly lag: number;
  readonly followers: number;
  readonly followersPerAccount: number;
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
