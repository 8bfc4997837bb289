import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface ReadinessSource {
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>;
  readonly version: string;
  readonly roles: readonly string[];
}

export function readinessMetrics(metrics: Metrics, { readiness, version, roles }: ReadinessSource): void {
  metrics.gauge('muster_build_info', 'Always 1; the label shows the version.', () => [
    { labels: { version }, value: 1 },
  ]);
  metrics.gauge('muster_role', 'Always 1, for each role of this process.', () =>
    roles.map((role) => ({ labels: { role }, value: 1 })),
  );
  metrics.gauge('muster_ready', 'Whether a check of /readyz passes (1) or fails (0).', async () =>
    (await readiness()).map(({ name, ok }) => ({ labels: { check: name }, value: Number(ok) })),
  );
  metrics.gauge(
    'muster_failing_since_seconds',
    'Unix time since which a check of /readyz has failed, for each failing check.',
    async () =>
      (await readiness()).flatMap(({ name, since }) =>
        since === undefined ? [] : [{ labels: { check: name }, value: Date.parse(since) / 1000 }],
      ),
  );
}
