export * from './due.js';
export * from './decision.js';
