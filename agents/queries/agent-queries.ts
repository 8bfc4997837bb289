import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type {
  AgentMetrics,
  AgentUsage,
  AllocationStatus,
  UsageHistory,
  VolumeRemoval,
} from '#domain/protocol/index.js';

export interface LogSelection {
  /** Optional if there is only one task. */
  readonly task?: string | undefined;
  readonly type: LogQuery['stream'];
  /** Whether to continue with new output until the task has ended. */
  readonly follow: boolean;
  /** Number of last lines to start with. Default: start at the oldest available byte. */
  readonly tail?: number | undefined;
  /** Return only output since this time, in Unix seconds. Logs without timestamps are returned completely. */
  readonly since?: number | undefined;
}

export interface OpenedLog {
  readonly task: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Queries that an agent serves over HTTP (`agents/api`) and NATS (`agents/platform/transport/nats`). Throws `MUSTER_E_ALLOCATION_NOT_FOUND`,
 * `MUSTER_E_LOG_NOT_KEPT` if retention has removed the log, and `MUSTER_E_INVALID` if the task is unknown.
 */
export interface AgentQueries {
  status(allocationId: string): AllocationStatus;
  list(): AllocationStatus[];
  usage(): AgentUsage;
  usageHistory(allocationId: string, last?: number): UsageHistory;
  metrics(): Promise<AgentMetrics>;
  /** Removes a named volume and returns whether it no longer exists. Throws if the driver cannot determine this. */
  removeVolume(name: string): Promise<VolumeRemoval>;
  logs(allocationId: string, selection: LogSelection, signal: AbortSignal): OpenedLog;
}
