export * from './aggregate.js';
export * from './credential.js';
export * from './decider.js';
export * from './events.js';
export * from './host.js';
