import type { ConfigureNode } from '#domain/node/index.js';
import type { DesiredAllocations, Heartbeat, Registration } from '#domain/protocol/index.js';
import type { CommandContext } from '#src/engine/commands/index.js';

/** What an agent said of itself in headers. */
export interface AgentCall {
  /** From `X-Muster-Epoch`; absent: the report is of the current epoch. */
  readonly epoch?: number;
  /** `X-Muster-Agent` was sent. */
  readonly ours: boolean;
  /** How it came, which is how the node is reached. Absent: over HTTP. */
  readonly channel?: 'nats';
  /** It came sealed, so what is sent to the agent is sealed too. */
  readonly sealed?: boolean;
  /** Digest of the address that a node's registration came from. Absent: an operator's connection, or none with an address. */
  readonly from?: string;
}

export interface NodeAnswer {
  readonly epoch: number;
  /** Digest of what the node should run. */
  readonly digest: string;
  /** Position of the newest event appended, if one was. */
  readonly position?: bigint;
  /** To a registration of our agent: where parts of Muster listen, `host:port`. */
  readonly ownParts?: readonly string[];
}

/** What is known of a node now and only in memory. */
export interface NodeTelemetry {
  /** Milliseconds since the epoch. */
  readonly lastHeartbeat: number;
  /** Resources as the last heartbeat observed them. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What an operator says of a node. */
export type NodeConfiguration = Pick<ConfigureNode, 'eligible' | 'slots' | 'tags'>;

/** Commands about nodes, and what their agents ask. */
export interface NodeCommands {
  register(body: Registration, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  heartbeat(body: Heartbeat, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  /** Throws `MUSTER_E_NODE_NOT_FOUND` or `MUSTER_E_NODE_STALE_EPOCH`. */
  desired(nodeId: string, call: AgentCall): Promise<DesiredAllocations>;
  drain(nodeId: string, enable: boolean, context: CommandContext): Promise<{ readonly position?: bigint }>;
  /** Throws `MUSTER_E_NODE_HEARD` where it was heard within the node timeout. */
  declareDown(nodeId: string, reason: string, context: CommandContext): Promise<{ readonly position?: bigint }>;
  setEligibility(nodeId: string, eligible: boolean, context: CommandContext): Promise<{ readonly position?: bigint }>;
  /** What of it is said. Throws `MUSTER_E_NODE_NOT_FOUND`. */
  configure(nodeId: string, said: NodeConfiguration, context: CommandContext): Promise<{ readonly position?: bigint }>;
  telemetry(nodeId: string): NodeTelemetry | undefined;
  /** Whether it is registered, as far as this server's fold has come. */
  isRegistered(nodeId: string): boolean;
}
