import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { nodes, type NodeCommand } from '#domain/nodes/node/index.js';
import type { LastSeen } from './last-seen.js';
import type { LivePlacements } from './live-placements.js';
import type { NodeCommands } from './node-commands.js';

/** What {@link administerNodes} needs of a server. */
export interface AdministrationParts {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly placements: LivePlacements;
  readonly telemetry: Pick<LastSeen, 'of'>;
  /** How long a node may go without a heartbeat before it is down, in milliseconds. */
  readonly timeoutMs: number;
}

type NodeAdministration = Pick<
  NodeCommands,
  'drain' | 'declareDown' | 'remove' | 'setEligibility' | 'configure'
>;

/** The commands about nodes that operators and surfaces give, not agents. */
export function administerNodes(parts: AdministrationParts): NodeAdministration {
  const { executor, clock, placements, telemetry, timeoutMs } = parts;
  const listeningSince = clock.monotonic();

  const execute = async (
    command: NodeCommand,
    context: CommandContext,
  ): Promise<{ readonly position?: bigint }> => {
    const { position } = await executor.execute(nodes, command.nodeId, command, context);
    return position === undefined ? {} : { position };
  };

  return {
    drain: (nodeId, enable, context, deadlineSeconds) =>
      execute({ type: 'SetDrain', nodeId, enable, deadlineSeconds }, context),

    async declareDown(nodeId, reason, context) {
      await placements.whenReady();
      const silentMs =
        clock.monotonic() - Math.max(listeningSince, telemetry.of(nodeId)?.monotonic ?? -Infinity);
      return await execute({ type: 'DeclareDown', nodeId, reason, silentMs, timeoutMs }, context);
    },

    async remove(nodeId, force, context) {
      await placements.whenReady();
      // Placements that are still being read could belong to the node.
      await placements.whenAtHead();
      const all = placements.state.nodes.get(nodeId)?.allocations.values() ?? [];
      const placed = [...all].filter(({ ended, released }) => !ended && !released).length;
      return await execute({ type: 'DecommissionNode', nodeId, placed, force }, context);
    },

    setEligibility: (nodeId, eligible, context) =>
      execute({ type: 'SetEligibility', nodeId, eligible }, context),

    configure: (nodeId, said, context) => execute({ type: 'ConfigureNode', nodeId, ...said }, context),
  };
}
