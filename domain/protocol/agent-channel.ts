import type { z } from 'zod';
import type { AGENT_OPERATIONS, AgentInput, CommandOperation } from './agent-operations.js';
import type { AgentUsage, AllocationOrder, AllocationStatus, KillTimeouts, UsageHistory } from './index.js';
import type { StopSignal } from '../kernel/ports/signal.js';

export interface AgentAddress {
  readonly nodeId: string;
  readonly epoch: number;
  readonly endpoint: string;
}

/** No response, or an inconclusive one. The call may have taken effect, or may still do so. */
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

/** `absent` means that the agent does not measure usage, which is the case for third-party agents. */
export type UsageOutcome =
  { readonly kind: 'found'; readonly usage: AgentUsage } | { readonly kind: 'absent' } | UnknownOutcome;

/** `absent` means that the agent does not have the allocation or does not record history. */
export type HistoryOutcome =
  { readonly kind: 'found'; readonly history: UsageHistory } | { readonly kind: 'absent' } | UnknownOutcome;

export type MetricsOutcome = { readonly kind: 'found'; readonly bytes: Uint8Array } | UnknownOutcome;

/** `held` means that a container, possibly an ended one, still uses the volume. */
export type RemovalOutcome = { readonly kind: 'gone' } | { readonly kind: 'held' } | UnknownOutcome;

export type LogStream = 'stdout' | 'stderr';

export interface LogQuery {
  readonly task?: string;
  readonly stream: LogStream | 'both';
  readonly follow: boolean;
  readonly tail?: number;
  /** Limits the output to lines that arrived from this time on, in Unix seconds. Lines whose time is unknown are included. */
  readonly since?: number;
  /** Limits the output to lines that arrived before this time, in Unix seconds. A followed log ends then. */
  readonly until?: number;
  /** Whether each line begins with its time (RFC 3339, UTC) and a space, or `- ` if its time is unknown. */
  readonly timestamps?: boolean;
}

/** `removed` means that the agent no longer has the log. */
export type LogOutcome =
  | { readonly kind: 'found'; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'removed' }
  | UnknownOutcome;

type CommandAnswer<Name extends CommandOperation> = z.infer<
  (typeof AGENT_OPERATIONS)[Name]['nats']['answer']
>;

/** `refused` has the agent's status and message: 404 if the allocation or the command is unknown, 409 if the command cannot be run. */
export type CommandOutcome<Name extends CommandOperation> =
  | { readonly kind: 'done'; readonly answer: CommandAnswer<Name> }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | UnknownOutcome;

/** Calls from the server to one agent. Failures of the agent are returned as outcomes, never thrown. */
export interface AgentChannel {
  place(agent: AgentAddress, order: AllocationOrder): Promise<PlaceOutcome>;
  /** `killTimeouts`: where they have changed since the order. */
  stop(agent: AgentAddress, allocationId: string, killTimeouts?: KillTimeouts): Promise<StopOutcome>;
  status(agent: AgentAddress, allocationId: string): Promise<StatusOutcome>;
  usage(agent: AgentAddress): Promise<UsageOutcome>;
  usageHistory(agent: AgentAddress, allocationId: string, last?: number): Promise<HistoryOutcome>;
  metrics(agent: AgentAddress): Promise<MetricsOutcome>;
  removeVolume(agent: AgentAddress, name: string): Promise<RemovalOutcome>;
  logs(agent: AgentAddress, allocationId: string, query: LogQuery, signal: StopSignal): Promise<LogOutcome>;
  /** Starts a command in a task, or acts on one that was started. */
  command<Name extends CommandOperation>(
    agent: AgentAddress,
    operation: Name,
    input: AgentInput<Name>,
  ): Promise<CommandOutcome<Name>>;
  close(): Promise<void>;
}
