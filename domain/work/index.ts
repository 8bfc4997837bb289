export * from './due.js';
export * from './evaluation.js';
export * from './fold.js';
export * from './instances.js';
export * from './item.js';
export * from './retention.js';
export * from './step.js';
export * from './view.js';
