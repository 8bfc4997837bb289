import type { AgentUsage, AllocationOrder, AllocationStatus, UsageHistory } from './index.js';
import type { StopSignal } from '../kernel/ports/signal.js';

export interface AgentAddress {
  readonly nodeId: string;
  readonly epoch: number;
  /** A validated base URL, or `nats:…` for nodes that registered over NATS. */
  readonly endpoint: string;
}

/** No response, or none that tells what was done. The call may have taken effect, and still may. */
export interface UnknownOutcome {
  readonly kind: 'unknown';
  readonly problem: string;
}

export type PlaceOutcome =
  { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly message: string } | UnknownOutcome;
export type StopOutcome = { readonly kind: 'stopped' } | { readonly kind: 'absent' } | UnknownOutcome;
export type StatusOutcome =
  | { readonly kind: 'found'; readonly status: AllocationStatus }
  | { readonly kind: 'absent' }
  | UnknownOutcome;

/** `absent`: the agent measures nothing, as with third-party agents. */
export type UsageOutcome =
  { readonly kind: 'found'; readonly usage: AgentUsage } | { readonly kind: 'absent' } | UnknownOutcome;

/** `absent`: the agent does not know the allocation or records no history. */
export type HistoryOutcome =
  { readonly kind: 'found'; readonly history: UsageHistory } | { readonly kind: 'absent' } | UnknownOutcome;

export type MetricsOutcome = { readonly kind: 'found'; readonly bytes: Uint8Array } | UnknownOutcome;

/** `held`: a container still uses it, even if it has ended. */
export type RemovalOutcome = { readonly kind: 'gone' } | { readonly kind: 'held' } | UnknownOutcome;

export type LogStream = 'stdout' | 'stderr';

export interface LogQuery {
  readonly task?: string;
  /** `both`: lines in the order in which they were written. */
  readonly stream: LogStream | 'both';
  readonly follow: boolean;
  /** Start with the last lines. Absent: from the oldest retained byte. */
  readonly tail?: number;
  /** Only output since then, in Unix seconds. Ignored when the times of lines are unknown; they are known for containers. */
  readonly since?: number;
}

/** `removed`: the agent no longer has the log. */
export type LogOutcome =
  | { readonly kind: 'found'; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'removed' }
  | UnknownOutcome;

/** Calls from the server to one agent. Failures of the agent are outcomes, never exceptions. */
export interface AgentChannel {
  place(agent: AgentAddress, order: AllocationOrder): Promise<PlaceOutcome>;
  stop(agent: AgentAddress, allocationId: string): Promise<StopOutcome>;
  status(agent: AgentAddress, allocationId: string): Promise<StatusOutcome>;
  usage(agent: AgentAddress): Promise<UsageOutcome>;
  /** Usage over the last hour. `last` limits the points of each task to the newest ones. */
  usageHistory(agent: AgentAddress, allocationId: string, last?: number): Promise<HistoryOutcome>;
  /** Reads `/api/v1/metrics` of the agent's machine. Times out after three seconds. */
  metrics(agent: AgentAddress): Promise<MetricsOutcome>;
  /** Deletes a named volume and its content. Idempotent. */
  removeVolume(agent: AgentAddress, name: string): Promise<RemovalOutcome>;
  logs(agent: AgentAddress, allocationId: string, query: LogQuery, signal: StopSignal): Promise<LogOutcome>;
  close(): Promise<void>;
}
