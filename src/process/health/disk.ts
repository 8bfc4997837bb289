import { statfs } from 'node:fs/promises';
import { SpaceReserve } from '#src/engine/event-store/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';
import type { Dependency } from '../host/health-monitor.js';
import type { ServerHost } from '../host/server-host.js';

export function openDisk(host: ServerHost): void {
  const { directory } = host;
  const reserve = new SpaceReserve(directory);
  host.probe(diskProbe(directory, reserve));
  host.measure((metrics) => diskMetrics(metrics, { directory, reserve }));
}

interface DiskSource {
  readonly directory: string;
  readonly reserve: Pick<SpaceReserve, 'held'>;
}

function diskMetrics(metrics: Metrics, { directory, reserve }: DiskSource): void {
  metrics.gauge(
    'muster_disk_free_bytes',
    'Free bytes available to this user on the disk that holds the data directory.',
    async () => {
      const { bavail, bsize } = await statfs(directory);
      return [{ value: bavail * bsize }];
    },
  );
  metrics.gauge('muster_disk_size_bytes', 'Size of the disk that holds the data directory.', async () => {
    const { blocks, bsize } = await statfs(directory);
    return [{ value: blocks * bsize }];
  });
  metrics.gauge(
    'muster_log_reserve_bytes',
    'Bytes reserved on the disk so that work can still be stopped when the disk is full.',
    () => [{ value: reserve.held }],
  );
}

/** With fewer free bytes, the disk is reported as full even if the next append would still fit. */
const FULL_BYTES = 1024 * 1024;

/** Checks the disk that holds the data directory. Not vital: if the disk is full, GETs are still served and work can be stopped. */
function diskProbe(directory: string, reserve: Pick<SpaceReserve, 'isSpent' | 'held'>): Dependency {
  return {
    name: 'disk',
    vital: false,
    async ask() {
      const { bavail, blocks, bsize } = await statfs(directory);
      const free = `${inUnits(bavail * bsize)} of ${inUnits(blocks * bsize)} free at ${directory}`;
      const left =
        reserve.held === 0 ? 'the reserve is used up' : `${inUnits(reserve.held)} of the reserve is left`;
      if (reserve.isSpent)
        throw new Error(`full: ${free}; only commands that end work are accepted, and ${left}`);
      if (bavail * bsize < FULL_BYTES) throw new Error(`full: ${free}`);
      return free;
    },
  };
}

function inUnits(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`;
}
