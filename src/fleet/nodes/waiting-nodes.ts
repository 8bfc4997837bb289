import type { PlacedNode } from '#domain/dispatch/placement.js';
import { nodes } from '#domain/node/index.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import type { LivePlacements } from './live-placements.js';
import type { NodeTelemetryBook } from './telemetry.js';

/** Waiting nodes of one address, where nothing else is said. */
export const WAITING_NODES = 50;

export interface WaitingNodesOptions {
  readonly executor: CommandExecutor;
  readonly placements: LivePlacements;
  readonly telemetry: NodeTelemetryBook;
  readonly bound?: number;
}

/**
 * Bounds the nodes of one address that wait: that never ran anything, hold nothing, and are down or were not heard since they registered here. So nobody fills the
 * cluster with names. A node that is heard does not wait, however many there are behind one address.
 */
export class WaitingNodes {
  constructor(private readonly options: WaitingNodesOptions) {}

  /** Removes those that wait and registered longest ago, until no more than the bound do. Answers the position of the newest removal. */
  async makeRoom(address: string, context: CommandContext): Promise<bigint | undefined> {
    const { executor, placements, bound = WAITING_NODES } = this.options;
    const waiting = [...placements.state.nodes.values()].filter((node) => node.address === address && this.#waits(node));
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
      // Of another epoch: somebody was quicker, or it has registered again meanwhile.
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
