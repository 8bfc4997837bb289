export * from './aggregate.js';
export * from './decider.js';
export * from './events.js';
export * from './graph.js';
