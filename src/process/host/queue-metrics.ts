import type { Metrics } from '#src/engine/metrics/index.js';

/** Lengths of the bounded queues of one component. A queue that remains long indicates the bottleneck. */
export function queueMetrics(metrics: Metrics, lengths: () => Readonly<Record<string, number>>): void {
  metrics.gauge(
    'muster_queue_length',
    'Items in progress or waiting. executor: commands; writer: appends of this thread that the event store has not confirmed; dispatcher_*: calls to agents; scheduler: jobs to evaluate; clear: allocations from before a clear that are not stopped yet.',
    () => Object.entries(lengths()).map(([queue, value]) => ({ labels: { queue }, value })),
  );
}
