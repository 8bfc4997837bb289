export { APPEND_OUTCOMES, AppendDurations, outcomeOf, type AppendSnapshots } from './append-durations.js';
export { Durations, type DurationsSnapshot } from './durations.js';
export { measureRequests } from './http.js';
export type { Metrics, Sample } from './metrics.js';
export { createMetrics } from './on-demand.js';
export { onThread, showEventLoop, threadMetrics, watchThread } from './threads.js';
