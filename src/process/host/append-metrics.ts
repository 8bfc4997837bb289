import { APPEND_OUTCOMES, type AppendSnapshots, type Metrics } from '#src/engine/metrics/index.js';

/** Latency of durable appends made by one component (`by`), and the number of append conflicts. */
export function appendMetrics(metrics: Metrics, by: string, snapshots: () => AppendSnapshots): void {
  metrics.durations(
    'muster_event_store_append_duration_seconds',
    'Time from an append call until the store made it durable or refused it, by outcome.',
    () => {
      const known = snapshots();
      return APPEND_OUTCOMES.flatMap((outcome) => {
        const snapshot = known[outcome];
        return snapshot === undefined ? [] : [{ labels: { by, outcome }, snapshot }];
      });
    },
  );
  metrics.counter(
    'muster_event_store_conflicts_total',
    'Appends that conflicted with an earlier append to the same stream. Their commands are decided again.',
    () => [
      {
        labels: { by },
        value: snapshots().conflict?.counts.reduce((sum, count) => sum + count, 0) ?? 0,
      },
    ],
  );
}
