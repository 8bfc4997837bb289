export * from './aggregate.js';
export * from './decider.js';
export * from './errors.js';
export * from './events.js';
