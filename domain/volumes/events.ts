import { z } from 'zod';
import { event, type EventsOf } from '../kernel/event/definition.js';
import { identifier } from '../kernel/identifier.js';
import { sha256 } from '../kernel/sha256.js';
import { volumeName } from '../jobs/job/volume.js';

const ofVolume = { name: volumeName };

export const volumeHolder = z.strictObject({
  tenantId: z.string(),
  serviceId: z.uuid(),
  serviceName: z.string(),
  createdBy: z.string(),
});
export type VolumeHolder = z.infer<typeof volumeHolder>;

/**
 * `unchanged`: a restore failed before it replaced anything. `incomplete`: the volume has only a part of the new content. `unknown`: the server did not
 * learn how it ended.
 */
export const COPY_OUTCOMES = ['complete', 'unchanged', 'incomplete', 'unknown'] as const;
export type CopyOutcome = (typeof COPY_OUTCOMES)[number];

const ofCopy = {
  copyId: z.string().max(64),
  kind: z.enum(['backup', 'restore']),
  node: identifier,
};

const copyEnded = z.strictObject({
  ...ofVolume,
  ...ofCopy,
  outcome: z.enum(COPY_OUTCOMES),
  /** Size of the archive that was sent, or of the files that were restored. */
  bytes: z.number().int().min(0),
  /** Why it is not complete. */
  problem: z.string().max(1000).optional(),
  /** Digest of the whole archive, which says which backup is restored. Absent if it is not complete. */
  sha256: sha256.optional(),
});

export const volumeEvents = {
  /** The service holds the volume exclusively until the service is deleted. The volume belongs to the service's tenant. */
  VolumeTaken: event(z.strictObject({ ...ofVolume, ...volumeHolder.shape })),
  VolumeLeft: event(z.strictObject({ ...ofVolume, serviceId: volumeHolder.shape.serviceId }), {
    ending: true,
  }),
  /** From here on, services that mount the volume are placed on `node`, whatever is on the disk there. `by` is an administrator. */
  VolumeRebound: event(z.strictObject({ ...ofVolume, node: identifier, by: z.string() })),
  /** Recorded before anything is read or written. `copyId` is new for each copy. The metadata say who copies. */
  VolumeCopyStarted: event(z.strictObject({ ...ofVolume, ...ofCopy })),
  VolumeCopyEnded: event(copyEnded, { ending: true }),
  VolumeDeleteAsked: event(z.strictObject(ofVolume), { ending: true }),
  /**
   * The node's agent reported the removal, or the volume never existed. A later volume with that name is a new one. `abandoned`: the node was silent
   * for too long, so the data remains on its disk.
   */
  VolumeDeleted: event(
    z.strictObject({ ...ofVolume, node: identifier.nullable(), abandoned: z.literal(true).optional() }),
    { ending: true },
  ),
} as const;

export type VolumeEvent = EventsOf<typeof volumeEvents>;
