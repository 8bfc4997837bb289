import type { ConfigureNode } from '#domain/nodes/node/index.js';
import type { DesiredAllocations, Heartbeat, Registration } from '#domain/protocol/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';

export interface AgentCall {
  readonly epoch?: number;
  readonly ours: boolean;
  /** Whether the agent expects a proof with each order over HTTP, instead of a Bearer token. */
  readonly expectsProofs?: boolean;
  readonly channel?: 'nats';
  readonly sealed?: boolean;
  readonly from?: string;
}

export interface NodeAnswer {
  readonly epoch: number;
  readonly digest: string;
  readonly position?: bigint;
  readonly ownParts?: readonly string[];
  /** Id of the log. Only for Muster's own agents. */
  readonly log?: string;
}

export interface NodeTelemetry {
  readonly lastHeartbeat: number;
  readonly resources: Readonly<Record<string, number>>;
}

export type NodeConfiguration = Pick<ConfigureNode, 'eligible' | 'slots' | 'tags'>;

export interface NodeCommands {
  register(body: Registration, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  heartbeat(body: Heartbeat, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  /** Throws `MUSTER_E_NODE_NOT_FOUND` or `MUSTER_E_NODE_STALE_EPOCH`. */
  desired(nodeId: string, call: AgentCall): Promise<DesiredAllocations>;
  /** `deadlineSeconds`: how long allocations that may not be repeated can still run. Default: a drain that goes on stays as it is. */
  drain(
    nodeId: string,
    enable: boolean,
    context: CommandContext,
    deadlineSeconds?: number,
  ): Promise<{ readonly position?: bigint }>;
  /** Throws `MUSTER_E_NODE_HEARD` if the node was heard from within the node timeout. */
  declareDown(
    nodeId: string,
    reason: string,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }>;
  /** Throws `MUSTER_E_NODE_NOT_FOUND`, `MUSTER_E_NODE_UP`, or, without `force`, `MUSTER_E_NODE_IN_USE`. */
  remove(nodeId: string, force: boolean, context: CommandContext): Promise<{ readonly position?: bigint }>;
  setEligibility(
    nodeId: string,
    eligible: boolean,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }>;
  /** Changes only the fields that are present. Throws `MUSTER_E_NODE_NOT_FOUND`. */
  configure(
    nodeId: string,
    said: NodeConfiguration,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }>;
  telemetry(nodeId: string): NodeTelemetry | undefined;
  isRegistered(nodeId: string): boolean;
}
