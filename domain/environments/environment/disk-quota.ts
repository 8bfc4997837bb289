import { MusterError } from '../../kernel/errors/index.js';
import { environmentErrors } from './errors.js';

export interface DiskUse {
  readonly hash: string;
  readonly disk: number | null;
}

/** Returns the total size of all generations in bytes. Equal generations share their files and are counted once. */
export function diskUsageOf(generations: Iterable<DiskUse>): number {
  const disks = new Map([...generations].map(({ hash, disk }) => [hash, disk ?? 0]));
  return [...disks.values()].reduce((sum, disk) => sum + disk, 0);
}

/** Throws `MUSTER_E_ENVIRONMENT_NO_ROOM` if a generation would exceed the quota. A generation that adds no bytes is always accepted. */
export function assertFitsDiskQuota(generation: DiskUse, others: readonly DiskUse[], bytes: number): void {
  const taken = diskUsageOf([...others, generation]);
  if (taken > bytes && taken > diskUsageOf(others)) throw diskQuotaExceeded(taken, bytes);
}

export function diskQuotaExceeded(taken: number, bytes: number): MusterError {
  return new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NO_ROOM, {
    taken: inGigabytes(taken),
    most: inGigabytes(bytes),
  });
}

function inGigabytes(bytes: number): string {
  return String(Math.round(bytes / 1e7) / 100);
}
