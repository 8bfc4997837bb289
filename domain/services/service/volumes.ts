import { NAME_RESERVATION_TIMEOUT_MS } from '../../kernel/held-name.js';
import { DUE_IMMEDIATELY } from '../../work/index.js';
import { volumesOf } from '../../jobs/job/volume.js';
import { holding, type VolumeCommand, type VolumeHolder, type VolumeState } from '../../volumes/index.js';
import type { ServiceVersion } from './events.js';
import { serviceVolumeOf } from './identifier.js';
import type { PresentService, ServiceState } from './state.js';

export interface ServiceVolume {
  readonly volume: string;
  readonly serviceId: string;
  readonly holder: VolumeHolder | null;
  readonly left: boolean;
  readonly takenAt: number;
  readonly mounted: boolean;
  readonly over: { readonly erase: boolean } | null;
  readonly node: string | null;
  readonly closing: { readonly askedAt: number; readonly dropped: boolean } | null;
}

export type VolumeStep =
  | { readonly kind: 'tell'; readonly command: VolumeCommand }
  | { readonly kind: 'remove'; readonly node: string };

export function volumeDueAt({
  closing,
  holder,
  left,
  mounted,
  over,
  node,
  takenAt,
}: ServiceVolume): number | undefined {
  if (closing !== null) return closing.dropped ? DUE_IMMEDIATELY : undefined;
  if (holder === null) return DUE_IMMEDIATELY;
  if (!left)
    return over !== null ? DUE_IMMEDIATELY : mounted ? undefined : takenAt + NAME_RESERVATION_TIMEOUT_MS;
  if (over !== null) return node === null ? DUE_IMMEDIATELY : undefined;
  return mounted ? DUE_IMMEDIATELY : undefined;
}

/**
 * Decides the next step from the streams of the volume and its service. A service takes its volumes, and leaves them when it is deleted. A volume
 * that was never on a node is forgotten. A deleted volume is removed from its node.
 */
export function volumeStep(
  state: VolumeState,
  service: ServiceState,
  volume: ServiceVolume,
  now: number,
): VolumeStep | undefined {
  const { volume: name, serviceId, closing, node, mounted } = volume;
  const tell = (command: VolumeCommand): VolumeStep => ({ kind: 'tell', command });
  if (state.asked || closing !== null) {
    if (!state.asked || closing?.dropped !== true) return undefined;
    return node === null ? tell({ kind: 'settle', name, node }) : { kind: 'remove', node };
  }
  const holder = holding(state);
  if (holder?.serviceId === serviceId) {
    const erase = service.kind === 'deleted' && service.volumes;
    const strayed =
      service.kind !== 'deleted' && !mounted && now - volume.takenAt >= NAME_RESERVATION_TIMEOUT_MS;
    return service.kind === 'deleted' || strayed
      ? tell({ kind: 'leave', name, serviceId, erase })
      : undefined;
  }
  if (holder !== null || service.kind === 'absent') return undefined;
  // A deleted service still takes volumes that have no owner, so that their owner is recorded. Volumes that were taken before may no longer exist.
  if (service.kind === 'present' || volume.holder === null)
    return mounted
      ? tell({ kind: 'take', name, holder: holderOf(service), known: !isOwnVolume(serviceId, name) })
      : undefined;
  return node === null && state.holder !== null ? tell({ kind: 'delete', name }) : undefined;
}

export function holderOf({
  tenantId,
  serviceId,
  createdBy,
  name,
}: Pick<PresentService, 'tenantId' | 'serviceId' | 'createdBy' | 'name'>): VolumeHolder {
  return { tenantId, serviceId, serviceName: name, createdBy };
}

/** Returns whether the volume was created for the service, as opposed to taken over from a different one. */
export function isOwnVolume(serviceId: string, volume: string): boolean {
  return volume.startsWith(serviceVolumeOf(serviceId, ''));
}

export function mountedVolumes({ work }: Pick<ServiceVersion, 'work'>): readonly string[] {
  return volumesOf(work.tasks).map(({ name }) => name);
}
