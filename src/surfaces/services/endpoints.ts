import type { z } from 'zod';
import { nodes, type NodeDocument } from '#projections/nodes.js';
import { read } from '#src/surfaces/kit/index.js';
import type { endpoint } from './contract/service.js';
import { instancesOf } from './instances.js';
import type { ServicesSurface } from './surface.js';

type Endpoint = z.input<typeof endpoint>;

/** Where the ports of a service's instances are reached: one for each port of each that runs. */
export async function endpointsOf(surface: ServicesSurface, serviceId: string): Promise<Endpoint[]> {
  const addresses = new Map<string, string | undefined>();
  const endpoints: Endpoint[] = [];
  for (const { nodeId, running, ports = {} } of await instancesOf(surface, serviceId)) {
    if (!running) continue;
    if (!addresses.has(nodeId)) addresses.set(nodeId, await addressOf(surface, nodeId));
    const address = addresses.get(nodeId);
    if (address === undefined) continue;
    for (const { container, host } of Object.values(ports).flat()) endpoints.push({ port: container, address: `${address}:${host}` });
  }
  return endpoints;
}

/** The node's address, as a URL writes it. */
async function addressOf({ parts }: ServicesSurface, nodeId: string): Promise<string | undefined> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  if (stored === undefined) return undefined;
  const { ipAddress } = read<NodeDocument>(stored);
  return ipAddress.includes(':') ? `[${ipAddress}]` : ipAddress;
}
