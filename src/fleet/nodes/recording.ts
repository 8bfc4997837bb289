import { isMusterError } from '#domain/kernel/errors/index.js';
import { nodes, type NodeCommand, type NodeEvent } from '#domain/nodes/node/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';

/** `recorded`: the events are in the log. `void`: the command is no longer relevant. `failed`: the log did not accept the events. */
export type Recording =
  | {
      readonly kind: 'recorded';
      readonly events: readonly NodeEvent[];
      readonly position: bigint | undefined;
    }
  | { readonly kind: 'void' }
  | { readonly kind: 'failed'; readonly problem: string };

/** Executes a saga's command about an allocation on a node. Never throws: after a failure the saga determines the result again. */
export async function record(
  executor: CommandExecutor,
  saga: string,
  allocationId: string,
  command: NodeCommand,
  causesOf?: CommandContext['causesOf'],
): Promise<Recording> {
  try {
    const { events, position } = await executor.execute(nodes, command.nodeId, command, {
      ...contextOf(saga, allocationId),
      causesOf,
    });
    return { kind: 'recorded', events, position };
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_NODE_STALE_EPOCH') || isMusterError(error, 'MUSTER_E_NODE_UNKNOWN'))
      return { kind: 'void' };
    return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) };
  }
}

function contextOf(saga: string, allocationId: string): CommandContext {
  return {
    commandId: allocationId,
    repeatable: false,
    bodyDigest: '',
    correlationId: allocationId,
    causationId: allocationId,
    actor: `saga:${saga}`,
    surface: 'cluster',
  };
}
