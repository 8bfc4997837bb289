import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { AgentMetrics, AgentUsage, AllocationStatus, UsageHistory, VolumeRemoval } from '#domain/protocol/index.js';

/** Which log of an allocation, and how. */
export interface LogSelection {
  /** May be absent where there is only one task. */
  readonly task?: string | undefined;
  readonly type: LogQuery['stream'];
  /** Go on as more is written, until the task has ended. */
  readonly follow: boolean;
  /** Begin with the last so many lines. Absent: the oldest kept byte. */
  readonly tail?: number | undefined;
  /** Unix seconds; of what has no times all is told. */
  readonly since?: number | undefined;
}

export interface OpenedLog {
  readonly task: string;
  /** Bytes as they are; nothing is read before it is asked for. Ends early where the signal aborts. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * What can be asked of an agent, whichever way the question comes: `agents/api` answers over HTTP, `agents/transport/nats` over NATS.
 * Throws `MUSTER_E_ALLOCATION_NOT_FOUND`, `MUSTER_E_LOG_NOT_KEPT` for a log that the retention removed, and `MUSTER_E_INVALID` for a task that the
 * allocation has not.
 */
export interface AgentQueries {
  status(allocationId: string): AllocationStatus;
  list(): AllocationStatus[];
  /** What the machine and each of its tasks use. */
  usage(): AgentUsage;
  /** What an allocation used over the last hour, as far as this node's agents measured it. `last`: the newest so many points of each task. */
  usageHistory(allocationId: string, last?: number): UsageHistory;
  /** How the machine is, and its GPUs; within three seconds. */
  metrics(): Promise<AgentMetrics>;
  /** Removes a named volume, and says whether it is gone. Throws where the driver cannot say. */
  removeVolume(name: string): Promise<VolumeRemoval>;
  logs(allocationId: string, selection: LogSelection, signal: AbortSignal): OpenedLog;
}
