export * from './headers.js';
export * from './heartbeat.js';
export * from './message.js';
export * from './order.js';
export * from './publisher.js';
export * from './query.js';
export * from './register.js';
export * from './seen.js';
