import { SERVICE_GROUP, withoutPulls } from '#domain/services/service/index.js';
import { slotsOf, type WorkSlot } from '#domain/work/index.js';
import type { ServiceDeploymentDocument } from '#projections/services/service-deployments.js';
import type { ServicesSurface } from './surface.js';

export interface Instance extends WorkSlot {
  readonly deployment: number;
}

/** Returns placed instances: first those of the active deployment, then those of its successor. */
export async function instancesOf(surface: ServicesSurface, serviceId: string): Promise<readonly Instance[]> {
  return (await surface.living(serviceId)).flatMap(placedIn);
}

function placedIn({ number, work }: ServiceDeploymentDocument): Instance[] {
  return slotsOf(withoutPulls(work), SERVICE_GROUP).map((slot) => ({ ...slot, deployment: number }));
}
