import { NAME_RESERVATION_TIMEOUT_MS } from '../held-name.js';
import { DUE_IMMEDIATELY } from '../owned-work/index.js';
import { volumesOf } from '../job/volume.js';
import { holding, type VolumeCommand, type VolumeHolder, type VolumeState } from '../volume/index.js';
import type { ServiceVersion } from './events.js';
import { serviceVolumeOf } from './identifier.js';
import type { PresentService, ServiceState } from './state.js';

/** A volume of a service, as its read model tells of it. Times in milliseconds since the epoch. */
export interface ServiceVolume {
  /** One in all of the fleet. */
  readonly volume: string;
  /** Whose volume it is, or was last; or the one that is to have it first. */
  readonly serviceId: string;
  /** Null: no service was seen to take it yet. */
  readonly holder: VolumeHolder | null;
  /** The service let go of it. */
  readonly left: boolean;
  readonly takenAt: number;
  /** A version of the service mounts it. */
  readonly mounted: boolean;
  /** The service is deleted. `erase`: with its volumes. */
  readonly over: { readonly erase: boolean } | null;
  /** Where it is; null: it never was on a node. */
  readonly node: string | null;
  /** It is to be deleted. `dropped`: no container has it any more, only its node. */
  readonly closing: { readonly askedAt: number; readonly dropped: boolean } | null;
}

/** What is to be done about a volume: a command for its stream, or the removal from its node first. */
export type VolumeStep = { readonly kind: 'tell'; readonly command: VolumeCommand } | { readonly kind: 'remove'; readonly node: string };

/** From when on something has to be done about a volume; undefined: nothing. */
export function volumeDueAt({ closing, holder, left, mounted, over, node, takenAt }: ServiceVolume): number | undefined {
  if (closing !== null) return closing.dropped ? DUE_IMMEDIATELY : undefined;
  if (holder === null) return DUE_IMMEDIATELY;
  if (!left) return over !== null ? DUE_IMMEDIATELY : mounted ? undefined : takenAt + NAME_RESERVATION_TIMEOUT_MS;
  if (over !== null) return node === null ? DUE_IMMEDIATELY : undefined;
  return mounted ? DUE_IMMEDIATELY : undefined;
}

/**
 * What is to be done about a volume, decided against its stream and that of its service: a service takes its volumes, and leaves them when it is
 * deleted; what never was on a node is nothing to keep; and what was deleted is removed from its node.
 */
export function volumeStep(state: VolumeState, service: ServiceState, volume: ServiceVolume, now: number): VolumeStep | undefined {
  const { volume: name, serviceId, closing, node, mounted } = volume;
  const tell = (command: VolumeCommand): VolumeStep => ({ kind: 'tell', command });
  if (state.asked || closing !== null) {
    if (!state.asked || closing?.dropped !== true) return undefined;
    return node === null ? tell({ kind: 'settle', name, node }) : { kind: 'remove', node };
  }
  const holder = holding(state);
  if (holder?.serviceId === serviceId) {
    const erase = service.kind === 'deleted' && service.volumes;
    const strayed = service.kind !== 'deleted' && !mounted && now - volume.takenAt >= NAME_RESERVATION_TIMEOUT_MS;
    return service.kind === 'deleted' || strayed ? tell({ kind: 'leave', name, serviceId, erase }) : undefined;
  }
  if (holder !== null || service.kind === 'absent') return undefined;
  // One that is deleted takes what nobody was seen to take, so that it is known whose that is; what was taken before may be gone by now.
  if (service.kind === 'present' || volume.holder === null)
    return mounted ? tell({ kind: 'take', name, holder: holderOf(service), known: !isOwnVolume(serviceId, name) }) : undefined;
  return node === null && state.holder !== null ? tell({ kind: 'delete', name }) : undefined;
}

/** Who holds a service's volumes. */
export function holderOf({ tenantId, serviceId, createdBy, name }: Pick<PresentService, 'tenantId' | 'serviceId' | 'createdBy' | 'name'>): VolumeHolder {
  return { tenantId, serviceId, serviceName: name, createdBy };
}

/** Whether a volume was made for the service, and not given to it. */
export function isOwnVolume(serviceId: string, volume: string): boolean {
  return volume.startsWith(serviceVolumeOf(serviceId, ''));
}

/** Volumes that a version mounts, by their names on the fleet. */
export function mountedVolumes({ work }: Pick<ServiceVersion, 'work'>): readonly string[] {
  return volumesOf(work.tasks).map(({ name }) => name);
}
