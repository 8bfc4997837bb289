export * from './headers.js';
export * from './heartbeat.js';
export * from './order.js';
export * from './register.js';
