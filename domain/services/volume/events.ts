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

/** Stream `volume-<name>`. The plan log records where a volume is, from its first placement on. */
export const volumeEvents = {
  /**
   * A service holds it until it is deleted, exclusively, because any of its versions may write. The volume belongs to
   * the service's tenant.
   */
  VolumeTaken: event(z.strictObject({ ...ofVolume, ...volumeHolder.shape })),
  /** The service released it; it remains for another service of the tenant. */
  VolumeLeft: event(z.strictObject({ ...ofVolume, serviceId: volumeHolder.shape.serviceId })),
  /** It is not assigned any more; once nothing holds it, the plan log drops it (`VolumeDropped`). */
  VolumeDeleteAsked: event(z.strictObject(ofVolume)),
  /**
   * Its node's agent reported the removal, or it never existed. A later one of that name is new. `abandoned`: the node
   * was silent for too long, so the data stays on its disk.
   */
  VolumeDeleted: event(
    z.strictObject({ ...ofVolume, node: identifier.nullable(), abandoned: z.literal(true).optional() }),
  ),
} as const;

export type VolumeEvent = EventsOf<typeof volumeEvents>;
