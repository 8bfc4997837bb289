import { MusterError } from '../../kernel/errors/index.js';
import { environmentErrors } from './errors.js';

export interface DiskUse {
  readonly hash: string;
  /** Bytes; null: unknown. */
  readonly disk: number | null;
}

/** Returns the bytes of all generations; equal ones share their files and count once. */
export function diskUsageOf(generations: Iterable<DiskUse>): number {
  const disks = new Map([...generations].map(({ hash, disk }) => [hash, disk ?? 0]));
  return [...disks.values()].reduce((sum, disk) => sum + disk, 0);
}

/** Throws `MUSTER_E_ENVIRONMENT_NO_ROOM` when a tenant has already used up its quota of disk space. */
export function assertDiskQuota(generations: Iterable<DiskUse>, bytes: number): void {
  const taken = diskUsageOf(generations);
  if (taken >= bytes) throw diskQuotaExceeded(taken, bytes);
}

/** Throws `MUSTER_E_ENVIRONMENT_NO_ROOM` when a generation does not fit next to the others. */
export function assertFitsDiskQuota(generation: DiskUse, others: readonly DiskUse[], bytes: number): void {
  const taken = diskUsageOf([...others, generation]);
  if (taken > bytes && taken > diskUsageOf(others)) throw diskQuotaExceeded(taken, bytes);
}

function diskQuotaExceeded(taken: number, bytes: number): MusterError {
  return new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NO_ROOM, {
    taken: inGigabytes(taken),
    most: inGigabytes(bytes),
  });
}

function inGigabytes(bytes: number): string {
  return String(Math.round(bytes / 1e7) / 100);
}
