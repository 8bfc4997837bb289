export * from './decider.js';
export * from './due.js';
export * from './events.js';
export * from './identifier.js';
export * from './image-reference.js';
export * from './job.js';
export * from './placement.js';
export * from './status.js';
