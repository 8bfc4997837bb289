import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';

/** Throws `MUSTER_E_AGENT_UNREACHABLE` if the node no longer exists or has no endpoint. */
export async function agentAddressOf(
  readModels: Pick<ReadModels, 'get'>,
  nodeId: string,
): Promise<AgentAddress> {
  const stored = await readModels.get(nodes.name, nodeId);
  const node = stored === undefined ? undefined : (JSON.parse(stored.json) as NodeDocument);
  if (node === undefined || node.endpoint === null) {
    throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', {
      nodeId,
      problem: node === undefined ? 'the node no longer exists' : 'it has no endpoint',
    });
  }
  return { nodeId, epoch: node.epoch, endpoint: node.endpoint };
}
