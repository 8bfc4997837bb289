export * from './due.js';
export * from './evaluation.js';
export * from './fold.js';
export * from './instances.js';
export * from './item.js';
export * from './retention.js';
export { wasStoppedByNode } from './slot.js';
export * from './step.js';
export * from './view.js';
