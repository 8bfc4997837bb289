import { z } from 'zod';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { read } from '#src/http/index.js';

/** Schemas of the fields of an {@link Endpoint}. */
export const ENDPOINT = {
  port: z
    .number()
    .int()
    .meta({ description: 'Port of the container', examples: [5432] }),
  address: z.string().meta({ description: 'Node address and port', examples: ['10.0.0.5:21034'] }),
} as const;

/** A port of a container, and where it is reached: the address and port of its node. */
export interface Endpoint {
  readonly port: number;
  readonly address: string;
}

/** Returns nothing if the node no longer exists. */
export async function nodeEndpoints(
  readModels: Pick<ReadModels, 'get'>,
  nodeId: string,
  ports: readonly AssignedPort[],
): Promise<Endpoint[]> {
  if (ports.length === 0) return [];
  const stored = await readModels.get(nodes.name, nodeId);
  if (stored === undefined) return [];
  const { ipAddress } = read<NodeDocument>(stored);
  const host = ipAddress.includes(':') ? `[${ipAddress}]` : ipAddress;
  return ports.map((each) => ({ port: each.container, address: `${host}:${each.host}` }));
}
