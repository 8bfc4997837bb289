import { instancesOf } from './instances.js';
import type { ServicesSurface } from './surface.js';
import { nodeEndpoints, type Endpoint } from '#src/surfaces/endpoints.js';

/** Returns an endpoint for each port of each running instance. */
export async function endpointsOf(surface: ServicesSurface, serviceId: string): Promise<Endpoint[]> {
  const running = (await instancesOf(surface, serviceId)).filter((instance) => instance.running);
  const { readModels } = surface.parts;
  return (
    await Promise.all(
      running.map(({ nodeId, ports = {} }) => nodeEndpoints(readModels, nodeId, Object.values(ports).flat())),
    )
  ).flat();
}
