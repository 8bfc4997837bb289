import { appendMetrics, type AppendSource } from './appends.js';
import { fleetMetrics, type FleetSource } from './fleet.js';
import { messagingMetrics, type MessagingSource } from './messaging.js';
import { type Metrics, threadMetrics } from '#src/engine/metrics/index.js';
import { projectionMetrics, type ProjectionSource } from './projection.js';
import { queueMetrics, type QueueSource } from './queues.js';
import { readinessMetrics, type ReadinessSource } from './readiness.js';
import { schedulerMetrics, type SchedulerSource } from './scheduler.js';

/** Sources of a server's metrics. A part that the server does not run is undefined or an empty list. */
export type ServerMetricsSource = ReadinessSource &
  AppendSource &
  QueueSource &
  MessagingSource &
  SchedulerSource &
  Omit<FleetSource, 'placements'> &
  Omit<ProjectionSource, 'projector'> & {
    readonly placements: FleetSource['placements'] | undefined;
    readonly projector: ProjectionSource['projector'] | undefined;
  };

/** Registers all metrics of a server except those of requests, which `measureRequests` adds. */
export function serverMetrics(metrics: Metrics, source: ServerMetricsSource): void {
  const { placements, projector, schedulers } = source;
  readinessMetrics(metrics, source);
  threadMetrics(metrics);
  appendMetrics(metrics, source);
  queueMetrics(metrics, source);
  messagingMetrics(metrics, source);
  if (placements !== undefined) fleetMetrics(metrics, { ...source, placements });
  if (schedulers.length > 0) schedulerMetrics(metrics, source);
  if (projector !== undefined) projectionMetrics(metrics, { ...source, projector });
}
