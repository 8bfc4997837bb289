import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { planEvents } from '#domain/scheduling/plan-log/events.js';
import { serviceEvents } from '#domain/services/service/events.js';
import { dueValue } from '#domain/work/due.js';
import { mountedVolumes, volumeDueAt, type ServiceVolume } from '#domain/services/service/volumes.js';
import { volumeEvents, type CopyOutcome } from '#domain/volumes/events.js';
import { projection, type Touch } from '#domain/kernel/projection.js';

/**
 * `volumes`, id = the volume's cluster-wide name. Indexes: `tenant` (of volumes on a node), `service` (the current or last one), `due` (the next step
 * is due).
 */
export interface VolumeDocument extends ServiceVolume {
  /** Time of the first placement, in milliseconds since the epoch, or null if there was none yet. */
  readonly madeAt: number | null;
  /** Absent until the first one. */
  readonly lastCopy?: LastCopy;
  /** Older ones that may not have ended when the last one began, oldest first. The last one of them is the last copy again if that one is refused. */
  readonly earlierCopies?: readonly LastCopy[];
  /** Whether the last restore that replaced the content is known not to be complete. */
  readonly incomplete?: true;
  /** Whether the content was restored after its service recorded by a rotation or a rollback which values it has. */
  readonly restored?: true;
  /** Newest version of its service that mounts the volume. */
  readonly version?: number;
  /** If `restored`: the version whose values the content has. Absent if the archive is not that of a known backup. */
  readonly valuesOf?: number;
  /** Backups whose values are known, oldest first. */
  readonly backups?: readonly KnownBackup[];
}

interface KnownBackup {
  readonly sha256: string;
  /** The version of its service whose values the archive has. */
  readonly valuesOf: number;
}

/** A restore of an older one is as one of an archive that is not known. */
const MAX_BACKUPS = 100;

/** The copy that began last. Without `outcome`, it has not ended, or its server ended before it did. */
export interface LastCopy {
  readonly copyId: string;
  readonly kind: 'backup' | 'restore';
  readonly startedAt: number;
  readonly outcome?: CopyOutcome;
  readonly bytes?: number;
  readonly problem?: string;
}

const UNTAKEN = {
  holder: null,
  left: false,
  takenAt: 0,
  mounted: true,
  over: null,
  node: null,
  madeAt: null,
  closing: null,
} as const;

const EVENTS = {
  ...only(serviceEvents, 'ServiceConfigured', 'ServiceDescribed', 'ServiceOwnerChanged', 'ServiceDeleted'),
  ...only(planEvents, 'AllocationPlaced', 'VolumeDropped'),
  ...volumeEvents,
};
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** Volumes of services, from the first version that mounts a volume until its removal from the node. */
export const volumes = projection<VolumeDocument, typeof EVENTS>({
  name: 'volumes',
  version: 7,
  events: EVENTS,
  indexes: {
    tenant: ({ holder, node }) => (node === null ? undefined : holder?.tenantId),
    service: ({ serviceId }) => serviceId,
    due: (volume) => dueValue(volumeDueAt(volume)),
  },
  touches,
  evolve: (volume, event, id) => (volume === undefined ? begun(event, id) : evolved(volume, event)),
});

function touches({ type, data }: Event): readonly Touch[] {
  switch (type) {
    case 'ServiceConfigured':
      return mountedVolumes(data);
    case 'ServiceDescribed':
    case 'ServiceOwnerChanged':
    case 'ServiceDeleted':
      return [{ where: 'service', equals: data.serviceId }];
    case 'AllocationPlaced':
      return data.volumes ?? [];
    case 'VolumeTaken':
    case 'VolumeLeft':
    case 'VolumeRebound':
    case 'VolumeCopyStarted':
    case 'VolumeCopyEnded':
    case 'VolumeDeleteAsked':
    case 'VolumeDropped':
    case 'VolumeDeleted':
      return [data.name];
  }
}

function begun(event: Event, id: string): VolumeDocument | undefined {
  if (event.type === 'ServiceConfigured') {
    const { serviceId, version } = event.data;
    return { ...UNTAKEN, volume: id, serviceId, version };
  }
  return event.type === 'VolumeTaken' ? taken({ ...UNTAKEN, volume: id, serviceId: '' }, event) : undefined;
}

function evolved(volume: VolumeDocument, event: Event): VolumeDocument | undefined {
  const { at } = event.metadata;
  switch (event.type) {
    case 'ServiceConfigured':
      return event.data.serviceId === volume.serviceId ? configured(volume, event.data) : volume;
    case 'ServiceDescribed':
      return volume.holder === null
        ? volume
        : { ...volume, holder: { ...volume.holder, serviceName: event.data.name } };
    case 'ServiceOwnerChanged':
      return volume.holder === null
        ? volume
        : { ...volume, holder: { ...volume.holder, createdBy: event.data.ownerId } };
    case 'ServiceDeleted':
      return { ...volume, over: { erase: event.data.volumes } };
    case 'AllocationPlaced':
      return { ...volume, node: event.data.nodeId, madeAt: volume.madeAt ?? at };
    case 'VolumeTaken':
      return taken(volume, event);
    case 'VolumeLeft':
      return { ...volume, left: true, mounted: volume.over !== null && volume.mounted };
    case 'VolumeRebound':
      return { ...volume, node: event.data.node };
    case 'VolumeCopyStarted': {
      const { copyId, kind } = event.data;
      const open = openCopies(volume);
      return withCopies(volume, [...open, { copyId, kind, startedAt: at }]);
    }
    case 'VolumeCopyEnded':
      return copied(volume, event.data);
    case 'VolumeDeleteAsked':
      return { ...volume, closing: { askedAt: at, dropped: false } };
    case 'VolumeDropped':
      return {
        ...volume,
        node: event.data.node,
        closing: { askedAt: volume.closing?.askedAt ?? at, dropped: true },
      };
    case 'VolumeDeleted':
      return undefined;
  }
}

/** A rotation proves the value in the program. A rollback after a restore takes the values of the version that the user has named. */
function configured(volume: VolumeDocument, { because, version }: Configured): VolumeDocument {
  const isSettled = because === 'rotated' || because === 'rolled_back';
  return { ...(isSettled ? withoutDoubt(volume) : volume), mounted: true, version };
}

function withoutDoubt({
  restored: _restored,
  valuesOf: _valuesOf,
  ...volume
}: VolumeDocument): VolumeDocument {
  return volume;
}

/** `mounted` and `over` of a previous service do not apply to the new one, and it has other values than the backups. */
function taken(volume: VolumeDocument, event: EventOf<'VolumeTaken'>): VolumeDocument {
  const { name: _name, ...holder } = event.data;
  const { serviceId } = holder;
  const same = serviceId === volume.serviceId;
  const { backups: _backups, valuesOf: _valuesOf, version: _version, ...known } = volume;
  return {
    ...(same ? volume : known),
    holder,
    serviceId,
    left: false,
    takenAt: event.metadata.at,
    mounted: same && volume.mounted,
    over: same ? volume.over : null,
  };
}

type Configured = EventOf<'ServiceConfigured'>['data'];
type CopyEnd = EventOf<'VolumeCopyEnded'>['data'];

function copied({ incomplete, ...volume }: VolumeDocument, end: CopyEnd): VolumeDocument {
  const { kind, outcome } = end;
  const copies = openCopies(volume).map((copy) => ended(copy, end));
  const notRefused = copies.filter((copy) => copy.outcome !== 'unchanged');
  const replaced = kind === 'restore' && (outcome === 'complete' || outcome === 'incomplete');
  const next = {
    ...withCopies(volume, notRefused.length > 0 ? notRefused : copies),
    ...((replaced ? outcome === 'incomplete' : incomplete === true) && { incomplete: true as const }),
  };
  return replaced ? restored(next, end) : withBackup(next, end);
}

function restored(volume: VolumeDocument, { sha256 }: CopyEnd): VolumeDocument {
  const known = volume.backups?.find((backup) => backup.sha256 === sha256);
  return { ...withoutDoubt(volume), restored: true, ...(known && { valuesOf: known.valuesOf }) };
}

/** The same archive has the same values, so the first backup of it counts. */
function withBackup(volume: VolumeDocument, { kind, outcome, sha256 }: CopyEnd): VolumeDocument {
  const { backups = [] } = volume;
  const valuesOf = volume.restored === true ? volume.valuesOf : volume.version;
  const isKnown = sha256 === undefined || backups.some((backup) => backup.sha256 === sha256);
  if (kind !== 'backup' || outcome !== 'complete' || isKnown || valuesOf === undefined) return volume;
  return { ...volume, backups: [...backups, { sha256, valuesOf }].slice(-MAX_BACKUPS) };
}

/** An agent makes one copy of a volume at a time, so those before one that has ended are over. */
function openCopies({ lastCopy, earlierCopies = [] }: VolumeDocument): readonly LastCopy[] {
  return lastCopy === undefined || lastCopy.outcome !== undefined ? [] : [...earlierCopies, lastCopy];
}

function withCopies(
  { lastCopy: _last, earlierCopies: _earlier, ...volume }: VolumeDocument,
  copies: readonly LastCopy[],
): VolumeDocument {
  const lastCopy = copies.at(-1);
  const earlier = lastCopy?.outcome === undefined ? copies.slice(0, -1) : [];
  return {
    ...volume,
    ...(lastCopy !== undefined && { lastCopy }),
    ...(earlier.length > 0 && { earlierCopies: earlier }),
  };
}

function ended(copy: LastCopy, { copyId, outcome, bytes, problem }: CopyEnd): LastCopy {
  return copy.copyId === copyId
    ? { ...copy, outcome, bytes, ...(problem !== undefined && { problem }) }
    : copy;
}
