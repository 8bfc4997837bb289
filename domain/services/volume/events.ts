import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { volumeName } from '../../jobs/job/volume.js';

const ofVolume = { name: volumeName };

export const volumeHolder = z.strictObject({
  tenantId: z.string(),
  serviceId: z.uuid(),
  serviceName: z.string(),
  createdBy: z.string(),
});
export type VolumeHolder = z.infer<typeof volumeHolder>;

export const volumeEvents = {
  /** The service holds the volume exclusively until the service is deleted. The volume belongs to the service's tenant. */
  VolumeTaken: event(z.strictObject({ ...ofVolume, ...volumeHolder.shape })),
  VolumeLeft: event(z.strictObject({ ...ofVolume, serviceId: volumeHolder.shape.serviceId })),
  /** From here on, services that mount the volume are placed on `node`, whatever is on the disk there. `by` is an administrator. */
  VolumeRebound: event(z.strictObject({ ...ofVolume, node: identifier, by: z.string() })),
  VolumeDeleteAsked: event(z.strictObject(ofVolume)),
  /**
   * The node's agent reported the removal, or the volume never existed. A later volume with that name is a new one. `abandoned`: the node was silent
   * for too long, so the data remains on its disk.
   */
  VolumeDeleted: event(
    z.strictObject({ ...ofVolume, node: identifier.nullable(), abandoned: z.literal(true).optional() }),
  ),
} as const;

export type VolumeEvent = EventsOf<typeof volumeEvents>;
