export { AppendDurations, type AppendSnapshots } from './append-durations.js';
export { measureRequests } from './http.js';
export { measuredEventStore } from '#src/engine/event-store/measured-event-store.js';
export { Metrics } from './metrics.js';
export { serverMetrics, type ServerMetricsSource } from '#src/server/metrics/server-metrics.js';
