import type { z } from 'zod';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import type { LastCopy, VolumeDocument } from '#projections/services/volumes.js';
import { read, wireTime } from '#src/http/index.js';
import type { volumeView, VOLUME_STATUSES } from './contract/volume.js';

/** A volume with an owner and a node. */
export type MadeVolume = VolumeDocument & {
  readonly [Key in 'holder' | 'node' | 'madeAt']: NonNullable<VolumeDocument[Key]>;
};

export function madeVolume(volume: VolumeDocument): MadeVolume | undefined {
  const { holder, node, madeAt } = volume;
  return holder === null || node === null || madeAt === null
    ? undefined
    : { ...volume, holder, node, madeAt };
}

export type VolumeStatus = (typeof VOLUME_STATUSES)[number];

export function volumeStatus({
  closing,
  left,
  over,
}: Pick<VolumeDocument, 'closing' | 'left' | 'over'>): VolumeStatus {
  if (closing !== null || over?.erase === true) return 'deleting';
  return left || over !== null ? 'kept' : 'used';
}

export async function viewVolume(
  readModels: Pick<ReadModels, 'get'>,
  volume: MadeVolume,
): Promise<z.input<typeof volumeView>> {
  const { volume: id, holder, node, madeAt } = volume;
  return {
    id,
    name: id.slice(id.lastIndexOf('.') + 1),
    status: volumeStatus(volume),
    service_id: holder.serviceId,
    service_name: holder.serviceName,
    node_id: node,
    created_by: holder.createdBy,
    created_at: wireTime(madeAt),
    waits_for: await waitsFor(readModels, volume),
    incomplete: volume.incomplete ?? false,
    last_copy: volume.lastCopy === undefined ? null : lastCopy(volume.lastCopy),
  };
}

function lastCopy({ kind, startedAt, outcome, bytes, problem }: LastCopy) {
  return {
    kind,
    started_at: wireTime(startedAt),
    outcome: outcome ?? null,
    bytes: bytes ?? null,
    problem: problem ?? null,
  };
}

async function waitsFor(readModels: Pick<ReadModels, 'get'>, volume: MadeVolume): Promise<string | null> {
  if (volumeStatus(volume) !== 'deleting') return null;
  if (volume.closing?.dropped !== true) return 'its containers to stop';
  const stored = await readModels.get(nodes.name, volume.node);
  const node = stored && read<NodeDocument>(stored);
  return `node ${volume.node}${node?.down === false ? '' : ', which is not reporting'}`;
}
