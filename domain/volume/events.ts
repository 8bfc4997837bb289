import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { volumeName } from '../job/volume.js';

/** Stream `volume-<name>`. That a volume is there, and where, is said by the plan log: its first placement makes it. */
export const volumeEvents = {
  /** It is to be deleted: nobody is given it any more, and as soon as nobody holds it the plan log lets go of it (`VolumeDropped`). */
  VolumeDeleteAsked: event(z.strictObject({ name: volumeName })),
  /** Its node's agent says that it is gone, or there never was one. The next of that name is a new one. */
  VolumeDeleted: event(z.strictObject({ name: volumeName, node: identifier.nullable() })),
} as const;

export type VolumeEvent = EventsOf<typeof volumeEvents>;
