import { statfs } from 'node:fs/promises';
import type { SpaceReserve } from '#src/engine/event-store/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface DiskSource {
  readonly directory: string;
  readonly reserve: Pick<SpaceReserve, 'held'>;
}

/** Free space of the data directory's disk, so that alerts fire before the log runs out of space. */
export function diskMetrics(metrics: Metrics, { directory, reserve }: DiskSource): void {
  metrics.gauge(
    'muster_disk_free_bytes',
    'Bytes free for this user on the disk of the data directory.',
    async () => {
      const { bavail, bsize } = await statfs(directory);
      return [{ value: bavail * bsize }];
    },
  );
  metrics.gauge('muster_disk_size_bytes', 'Bytes of the disk of the data directory.', async () => {
    const { blocks, bsize } = await statfs(directory);
    return [{ value: blocks * bsize }];
  });
  metrics.gauge(
    'muster_log_reserve_bytes',
    'Bytes set aside on the disk, so that work can be ended when it is full.',
    () => [{ value: reserve.held }],
  );
}
