import { MusterError } from '../errors/index.js';
import { environmentErrors } from './errors.js';

/** A generation, as far as it takes room. */
export interface DiskUse {
  readonly hash: string;
  /** Bytes; null: unknown. */
  readonly disk: number | null;
}

/** Bytes that generations take; those that are equal are one on disk. */
export function diskUsageOf(generations: Iterable<DiskUse>): number {
  const disks = new Map([...generations].map(({ hash, disk }) => [hash, disk ?? 0]));
  return [...disks.values()].reduce((sum, disk) => sum + disk, 0);
}

/** Refuses another build to a tenant whose generations take as much as it may have. Errors: `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export function assertDiskQuota(generations: Iterable<DiskUse>, bytes: number): void {
  const taken = diskUsageOf(generations);
  if (taken >= bytes) throw diskQuotaExceeded(taken, bytes);
}

/** Refuses a generation that takes more than the others leave. Errors: `MUSTER_E_ENVIRONMENT_NO_ROOM`. */
export function assertFitsDiskQuota(generation: DiskUse, others: readonly DiskUse[], bytes: number): void {
  const taken = diskUsageOf([...others, generation]);
  if (taken > bytes && taken > diskUsageOf(others)) throw diskQuotaExceeded(taken, bytes);
}

function diskQuotaExceeded(taken: number, bytes: number): MusterError {
  return new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NO_ROOM, { taken: inGigabytes(taken), most: inGigabytes(bytes) });
}

function inGigabytes(bytes: number): string {
  return String(Math.round(bytes / 1e7) / 100);
}
