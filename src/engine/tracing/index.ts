export { tracedEventStore } from './event-store.js';
export { tracedExecutor } from './executor.js';
export { traceRequests } from './http.js';
export { inSpan, registeredTracer } from './span.js';
export { batchAttributes } from './batch-attributes.js';
export { tracedBatches } from './batches.js';
