import { isMusterError } from '#domain/kernel/errors/index.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import { nodes, type NodeCommand, type NodeEvent } from '#domain/nodes/node/index.js';

/** `recorded`: the events are in the log. `void`: no longer relevant. `failed`: the log did not accept them. */
export type Recording =
  | {
      readonly kind: 'recorded';
      readonly events: readonly NodeEvent[];
      readonly position: bigint | undefined;
    }
  | { readonly kind: 'void' }
  | { readonly kind: 'failed'; readonly problem: string };

/** Executes a saga's command about an allocation on a node. Never throws: what could not be recorded is determined again. */
export async function record(
  executor: CommandExecutor,
  saga: string,
  allocationId: string,
  command: NodeCommand,
): Promise<Recording> {
  try {
    const { events, position } = await executor.execute(
      nodes,
      command.nodeId,
      command,
      contextOf(saga, allocationId),
    );
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
