export * from './aggregate.js';
export * from './decider.js';
export * from './events.js';
export * from './execution.js';
export * from './registration.js';
export * from './role.js';
export * from './state.js';
export * from './username.js';
