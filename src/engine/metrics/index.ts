export { APPEND_OUTCOMES, AppendDurations, outcomeOf, type AppendSnapshots } from './append-durations.js';
export { Durations, type DurationsSnapshot } from './durations.js';
export { measureRequests } from './http.js';
export { Metrics, type Sample } from './metrics.js';
export { showEventLoop, threadMetrics, watchThread } from './threads.js';
