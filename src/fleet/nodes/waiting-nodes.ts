import type { PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import { nodes } from '#domain/nodes/node/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { LivePlacements } from './live-placements.js';
import type { LastSeen } from './last-seen.js';

const WAITING_NODES = 50;

export interface WaitingNodesOptions {
  readonly executor: CommandExecutor;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  /** Maximum number of waiting nodes per address. @default 50 */
  readonly waitingNodes?: number;
}

/**
 * Limits the number of waiting nodes per address: nodes that never ran anything, hold no allocations, and are down or have sent no heartbeat since
 * they registered here. Otherwise anyone could fill the cluster with names. Nodes with heartbeats are not counted, however many share an address.
 */
export class WaitingNodes {
  constructor(private readonly options: WaitingNodesOptions) {}

  async makeRoom(address: string, context: CommandContext): Promise<bigint | undefined> {
    const { executor, placements, waitingNodes: bound = WAITING_NODES } = this.options;
    const waiting = [...placements.state.nodes.values()].filter(
      (node) => node.address === address && this.#waits(node),
    );
    const reason = `never ran anything, sends no heartbeats, and more than ${bound} such nodes were registered from its address`;
    let surplus = waiting.length - bound;
    let newest: bigint | undefined;
    for (const { nodeId, epoch } of waiting) {
      if (surplus <= 0) break;
      const { events, state, position } = await executor.execute(
        nodes,
        nodeId,
        { type: 'RemoveNode', nodeId, epoch, reason },
        { ...context, repeatable: false },
      );
      if (state.epoch !== epoch) surplus -= 1;
      if (events.length > 0) newest = position;
    }
    return newest;
  }

  #waits(node: PlacedNode): boolean {
    if (node.hasRun || node.allocations.size > 0) return false;
    const heard = this.options.telemetry.of(node.nodeId);
    return node.down || (heard !== undefined && heard.lists === undefined);
  }
}
