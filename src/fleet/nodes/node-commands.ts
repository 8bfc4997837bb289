import type { ConfigureNode } from '#domain/nodes/node/index.js';
import type { DesiredAllocations, Heartbeat, Registration } from '#domain/protocol/index.js';
import type { CommandContext } from '#src/engine/commands/index.js';

export interface AgentCall {
  /** From `X-Muster-Epoch`; undefined: the report belongs to the current epoch. */
  readonly epoch?: number;
  /** Whether `X-Muster-Agent` was sent. */
  readonly ours: boolean;
  /** Whether a registration only asks for the addresses of Muster's own parts. */
  readonly asksParts?: boolean;
  /** The channel of the call, by which the node is then reached. Undefined: HTTP. */
  readonly channel?: 'nats';
  /** The call was sealed, so messages to the agent are sealed too. */
  readonly sealed?: boolean;
  /** Digest of the address of a registration. Undefined for an operator's connection, or one without an address. */
  readonly from?: string;
}

export interface NodeAnswer {
  readonly epoch: number;
  readonly digest: string;
  readonly position?: bigint;
  /** Addresses of Muster's own parts, `host:port`, in the response to a registration of our agent. */
  readonly ownParts?: readonly string[];
}

/** In the response to a registration that only asks. */
export const PARTS_TOLD = 'The node is not registered yet: its agent asked for the addresses of Muster';

/** State of a node that is only in memory. */
export interface NodeTelemetry {
  readonly lastHeartbeat: number;
  readonly resources: Readonly<Record<string, number>>;
}

export type NodeConfiguration = Pick<ConfigureNode, 'eligible' | 'slots' | 'tags'>;

export interface NodeCommands {
  /** Returns the addresses of Muster's own parts, if the call asks for them instead of registering. Undefined: register the node. */
  partsAsked(call: AgentCall): readonly string[] | undefined;
  register(body: Registration, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  heartbeat(body: Heartbeat, call: AgentCall, context: CommandContext): Promise<NodeAnswer>;
  /** Throws `MUSTER_E_NODE_NOT_FOUND` or `MUSTER_E_NODE_STALE_EPOCH`. */
  desired(nodeId: string, call: AgentCall): Promise<DesiredAllocations>;
  drain(nodeId: string, enable: boolean, context: CommandContext): Promise<{ readonly position?: bigint }>;
  /** Throws `MUSTER_E_NODE_HEARD` if the node was heard from within the node timeout. */
  declareDown(
    nodeId: string,
    reason: string,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }>;
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
