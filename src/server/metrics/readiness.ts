import type { ReadinessCheck } from '#src/surfaces/kit/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface ReadinessSource {
  readonly readiness: () => readonly ReadinessCheck[] | Promise<readonly ReadinessCheck[]>;
  readonly version: string;
  readonly roles: readonly string[];
}

export function readinessMetrics(metrics: Metrics, { readiness, version, roles }: ReadinessSource): void {
  metrics.gauge('muster_build_info', 'Always 1; its label tells the version.', () => [
    { labels: { version }, value: 1 },
  ]);
  metrics.gauge('muster_role', 'Always 1, for each role of this process.', () =>
    roles.map((role) => ({ labels: { role }, value: 1 })),
  );
  metrics.gauge('muster_ready', 'The checks of /readyz: 1 where all is well.', async () =>
    (await readiness()).map(({ name, ok }) => ({ labels: { check: name }, value: Number(ok) })),
  );
  metrics.gauge(
    'muster_failing_since_seconds',
    'For each check of /readyz that fails: since when, as Unix time.',
    async () =>
      (await readiness()).flatMap(({ name, since }) =>
        since === undefined ? [] : [{ labels: { check: name }, value: Date.parse(since) / 1000 }],
      ),
  );
}
