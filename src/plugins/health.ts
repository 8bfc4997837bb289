import { threadMetrics } from '#src/engine/metrics/index.js';
import { version } from '#src/engine/version.js';
import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import { readinessMetrics } from '../server/health/metrics.js';
import { droppedLines } from '../server/output/standard-output.js';
import type { RoleSettings } from '../server/process/roles.js';
import type { ServerHost } from '../server/process/server-host.js';

export function openHealth(host: ServerHost, { roles }: RoleSettings): () => readonly ReadinessCheck[] {
  const readiness = host.monitorHealth();
  host.measure((metrics) => {
    readinessMetrics(metrics, { readiness, version: version(), roles });
    threadMetrics(metrics);
    metrics.counter(
      'muster_log_lines_dropped_total',
      'Output lines that were dropped because a pipe or disk was full, or because the reader had closed the pipe.',
      () => Object.entries(droppedLines() ?? {}).map(([stream, value]) => ({ labels: { stream }, value })),
    );
  });
  return readiness;
}
