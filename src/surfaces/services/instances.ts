import { SERVICE_GROUP } from '#domain/service/index.js';
import { slotsOf, type WorkSlot } from '#domain/owned-work/index.js';
import type { ServiceDeploymentDocument } from '#projections/service-deployments.js';
import type { ServicesSurface } from './surface.js';

/** An instance of a service: what holds a slot of one of its deployments. */
export interface Instance extends WorkSlot {
  readonly deployment: number;
}

/** Instances that have a place: of what serves first, then of what is to take over. */
export async function instancesOf(surface: ServicesSurface, serviceId: string): Promise<readonly Instance[]> {
  return (await surface.living(serviceId)).flatMap(placedIn);
}

function placedIn({ number, work }: ServiceDeploymentDocument): Instance[] {
  return slotsOf(work, SERVICE_GROUP).map((slot) => ({ ...slot, deployment: number }));
}
