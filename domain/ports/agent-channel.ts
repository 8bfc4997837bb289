import type { AgentUsage, AllocationOrder, AllocationStatus, UsageHistory } from '../protocol/index.js';
import type { StopSignal } from './signal.js';

/** Where and how a node's agent is spoken to. */
export interface AgentAddress {
  readonly nodeId: string;
  readonly epoch: number;
  /** How the node registered: a base URL, already checked, or `nats:…` where it did so over NATS. */
  readonly endpoint: string;
}

/** `unknown`: no answer, or none that says what was done. It may have been done, and may yet be. */
export interface UnknownOutcome {
  readonly kind: 'unknown';
  readonly problem: string;
}

export type PlaceOutcome = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly message: string } | UnknownOutcome;
export type StopOutcome = { readonly kind: 'stopped' } | { readonly kind: 'absent' } | UnknownOutcome;
export type StatusOutcome = { readonly kind: 'found'; readonly status: AllocationStatus } | { readonly kind: 'absent' } | UnknownOutcome;

/** `absent`: an agent that measures nothing for others, as a third party's. */
export type UsageOutcome = { readonly kind: 'found'; readonly usage: AgentUsage } | { readonly kind: 'absent' } | UnknownOutcome;

/** `absent`: its agent does not know it, or is one that keeps none. */
export type HistoryOutcome = { readonly kind: 'found'; readonly history: UsageHistory } | { readonly kind: 'absent' } | UnknownOutcome;

/** Bytes as the agent sent them: a JSON document. */
export type MetricsOutcome = { readonly kind: 'found'; readonly bytes: Uint8Array } | UnknownOutcome;

/** `held`: a container there has it still, though it may have ended. */
export type RemovalOutcome = { readonly kind: 'gone' } | { readonly kind: 'held' } | UnknownOutcome;

export type LogStream = 'stdout' | 'stderr';

export interface LogQuery {
  readonly task?: string;
  /** `both`: line by line in the order in which they were written. */
  readonly stream: LogStream | 'both';
  /** Go on as more is written, until the task has ended. */
  readonly follow: boolean;
  /** Begin with the last so many lines. Absent: from the oldest kept byte. */
  readonly tail?: number;
  /** Unix seconds: only what was written since then, where it is known when lines were written (containers); else all. */
  readonly since?: number;
}

/** `removed`: the agent has had it, and keeps it no longer. */
export type LogOutcome =
  { readonly kind: 'found'; readonly chunks: AsyncIterable<Uint8Array> } | { readonly kind: 'absent' } | { readonly kind: 'removed' } | UnknownOutcome;

/** From the server to one agent. Nothing here throws for what an agent does or fails to do. */
export interface AgentChannel {
  place(agent: AgentAddress, order: AllocationOrder): Promise<PlaceOutcome>;
  stop(agent: AgentAddress, allocationId: string): Promise<StopOutcome>;
  status(agent: AgentAddress, allocationId: string): Promise<StatusOutcome>;
  /** What the agent measures of its machine and its tasks. */
  usage(agent: AgentAddress): Promise<UsageOutcome>;
  /** What an allocation used over the last hour, by its agent's samples. `last`: only the newest so many points of each task. */
  usageHistory(agent: AgentAddress, allocationId: string, last?: number): Promise<HistoryOutcome>;
  /** How the agent's machine is: its `/api/v1/metrics`, ours or a third party's. Takes three seconds at most. */
  metrics(agent: AgentAddress): Promise<MetricsOutcome>;
  /** Removes a named volume, with what is in it. May be repeated. */
  removeVolume(agent: AgentAddress, name: string): Promise<RemovalOutcome>;
  /** Bytes of a task's log, as they are. */
  logs(agent: AgentAddress, allocationId: string, query: LogQuery, signal: StopSignal): Promise<LogOutcome>;
  close(): Promise<void>;
}
