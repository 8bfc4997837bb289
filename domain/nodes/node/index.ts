export * from './aggregate.js';
export * from './commands.js';
export * from './decider.js';
export * from './ended-allocations.js';
export * from './events.js';
export * from './state-codec.js';
export * from './state.js';
export * from './unknown-status.js';
