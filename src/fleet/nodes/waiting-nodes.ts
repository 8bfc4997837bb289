import type { PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import { nodes } from '#domain/nodes/node/index.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import type { LivePlacements } from './live-placements.js';
import type { LastSeen } from './last-seen.js';

/** Default maximum number of waiting nodes per address. */
export const WAITING_NODES = 50;

export interface WaitingNodesOptions {
  readonly executor: CommandExecutor;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  readonly bound?: number;
}

/**
 * Limits the number of waiting nodes per address: nodes that never ran anything, hold nothing, and are down or silent since they registered here. So
 * nobody can fill the cluster with names. Nodes with heartbeats do not count, however many share an address.
 */
export class WaitingNodes {
  constructor(private readonly options: WaitingNodesOptions) {}

  /** Removes the waiting nodes that registered longest ago, down to the limit. Returns the position of the newest removal. */
  async makeRoom(address: string, context: CommandContext): Promise<bigint | undefined> {
    const { executor, placements, bound = WAITING_NODES } = this.options;
    const waiting = [...placements.state.nodes.values()].filter(
      (node) => node.address === address && this.#waits(node),
    );
    const reason = `never ran anything, is not heard, and more than ${bound} such nodes of its address were registered`;
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
      // Another server was faster, or the node has registered again meanwhile.
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
