import type { Metrics } from '#src/engine/metrics/index.js';
import type { Archive } from '#src/features/archive/index.js';

export function archiveMetrics(metrics: Metrics, archive: Pick<Archive, 'status'>): void {
  metrics.counter('muster_archive_jobs_total', 'Jobs archived by this server.', () => [
    { value: archive.status().archived },
  ]);
  metrics.counter('muster_archive_failures_total', 'Failed attempts to archive jobs.', () => [
    { value: archive.status().failures },
  ]);
  metrics.gauge(
    'muster_archive_held',
    'Jobs that are due for archiving but still hold resources or are waiting for a response.',
    () => [{ value: archive.status().held }],
  );
}
