import type { Metrics } from '#src/engine/metrics/index.js';
import type { Archive } from './archive.js';

export function archiveMetrics(metrics: Metrics, archive: Pick<Archive, 'status'>): void {
  metrics.counter(
    'muster_archive_jobs_total',
    'Jobs that ended long ago and were archived by this server.',
    () => [{ value: archive.status().archived }],
  );
  metrics.counter('muster_archive_failures_total', 'Tries to archive jobs that failed.', () => [
    { value: archive.status().failures },
  ]);
  metrics.gauge(
    'muster_archive_held',
    'Jobs that ended long enough ago, but hold something or wait for an answer.',
    () => [{ value: archive.status().held }],
  );
}
