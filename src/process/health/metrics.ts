import { threadMetrics, type Metrics } from '#src/engine/metrics/index.js';
import { version } from '#src/engine/version.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { droppedLines } from '../output/standard-output.js';

export function healthMetrics(
  metrics: Metrics,
  readiness: () => readonly ReadinessCheck[],
  roles: readonly string[],
): void {
  threadMetrics(metrics);
  metrics.counter(
    'muster_log_lines_dropped_total',
    'Output lines that were dropped because a pipe or disk was full, or because the reader had closed the pipe.',
    () => Object.entries(droppedLines() ?? {}).map(([stream, value]) => ({ labels: { stream }, value })),
  );
  const build = { labels: { version: version() }, value: 1 };
  metrics.gauge('muster_build_info', 'Always 1; the label shows the version.', () => [build]);
  metrics.gauge('muster_role', 'Always 1, for each role of this process.', () =>
    roles.map((role) => ({ labels: { role }, value: 1 })),
  );
  metrics.gauge('muster_ready', 'Whether a check of /readyz passes (1) or fails (0).', () =>
    readiness().map(({ name, ok }) => ({ labels: { check: name }, value: Number(ok) })),
  );
  metrics.gauge(
    'muster_failing_since_seconds',
    'Unix time since which a check of /readyz has failed, for each failing check.',
    () =>
      readiness().flatMap(({ name, since }) =>
        since === undefined ? [] : [{ labels: { check: name }, value: Date.parse(since) / 1000 }],
      ),
  );
}
