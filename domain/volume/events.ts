import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { volumeName } from '../job/volume.js';

const ofVolume = { name: volumeName };

/** The service that holds a volume, and whose it is by that. */
export const volumeHolder = z.strictObject({ tenantId: z.string(), serviceId: z.uuid(), serviceName: z.string(), createdBy: z.string() });
export type VolumeHolder = z.infer<typeof volumeHolder>;

/** Stream `volume-<name>`. That a volume is there, and where, is said by the plan log: its first placement makes it. */
export const volumeEvents = {
  /** A service holds it from here on, until it is deleted: one at a time, as any of its versions may write to it. Whose the service is, the volume is. */
  VolumeTaken: event(z.strictObject({ ...ofVolume, ...volumeHolder.shape })),
  /** The service holds it no more; it is kept for another one of its tenant. */
  VolumeLeft: event(z.strictObject({ ...ofVolume, serviceId: volumeHolder.shape.serviceId })),
  /** It is to be deleted: nobody is given it any more, and as soon as nobody holds it the plan log lets go of it (`VolumeDropped`). */
  VolumeDeleteAsked: event(z.strictObject(ofVolume)),
  /**
   * Its node's agent says that it is gone, or there never was one. The next of that name is a new one. `abandoned`: nobody asked the agent, as the node
   * was not heard for so long; what is on its disk stays there.
   */
  VolumeDeleted: event(z.strictObject({ ...ofVolume, node: identifier.nullable(), abandoned: z.literal(true).optional() })),
} as const;

export type VolumeEvent = EventsOf<typeof volumeEvents>;
