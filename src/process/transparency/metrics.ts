import type { Metrics } from '#src/engine/metrics/index.js';
import type { FollowerStatus } from '#src/features/transparency/index.js';

export function transparencyMetrics(metrics: Metrics, status: () => FollowerStatus | undefined): void {
  metrics.gauge(
    'muster_transparency_events',
    'Events in the Merkle tree (tree) and in its latest checkpoint (signed).',
    () => {
      const { size = 0, signed = 0 } = status() ?? {};
      return [
        { labels: { state: 'tree' }, value: size },
        { labels: { state: 'signed' }, value: signed },
      ];
    },
  );
  metrics.gauge(
    'muster_transparency_witness_events',
    'Events in the latest checkpoint that a witness has cosigned since this server started.',
    () =>
      (status()?.witnesses ?? []).map(({ name, cosigned }) => ({
        labels: { witness: name },
        value: cosigned,
      })),
  );
}
