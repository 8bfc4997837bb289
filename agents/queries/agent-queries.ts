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
  /** Continue with new output until the task has ended. */
  readonly follow: boolean;
  /** Begin with this many last lines. Default: the oldest available byte. */
  readonly tail?: number | undefined;
  /** Unix seconds. Logs without times are returned completely. */
  readonly since?: number | undefined;
}

export interface OpenedLog {
  readonly task: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Queries that an agent serves, over HTTP (`agents/api`) and over NATS (`agents/transport/nats`). Throws `MUSTER_E_ALLOCATION_NOT_FOUND`,
 * `MUSTER_E_LOG_NOT_KEPT` for a log that the retention removed, and `MUSTER_E_INVALID` for an unknown task.
 */
export interface AgentQueries {
  status(allocationId: string): AllocationStatus;
  list(): AllocationStatus[];
  usage(): AgentUsage;
  /** Usage over the last hour, as far as agents of this node measured it. `last`: number of newest points for each task. */
  usageHistory(allocationId: string, last?: number): UsageHistory;
  /** State of the machine and its GPUs. Takes at most three seconds. */
  metrics(): Promise<AgentMetrics>;
  /** Removes a named volume and returns whether it is gone. Throws if the driver does not know. */
  removeVolume(name: string): Promise<VolumeRemoval>;
  logs(allocationId: string, selection: LogSelection, signal: AbortSignal): OpenedLog;
}
