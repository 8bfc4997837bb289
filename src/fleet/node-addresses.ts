import { z } from 'zod';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';

export const ENDPOINT = {
  port: z
    .number()
    .int()
    .meta({ description: 'Port of the container', examples: [5432] }),
  address: z.string().meta({ description: 'Node address and port', examples: ['10.0.0.5:21034'] }),
} as const;

export interface Endpoint {
  readonly port: number;
  readonly address: string;
}

export async function nodeEndpoints(
  readModels: Pick<ReadModels, 'get'>,
  nodeId: string,
  ports: readonly AssignedPort[],
): Promise<Endpoint[]> {
  if (ports.length === 0) return [];
  const stored = await readModels.get(nodes.name, nodeId);
  if (stored === undefined) return [];
  const { ipAddress } = JSON.parse(stored.json) as NodeDocument;
  const host = ipAddress.includes(':') ? `[${ipAddress}]` : ipAddress;
  return ports.map((each) => ({ port: each.container, address: `${host}:${each.host}` }));
}

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
