export * from './reports.js';
export * from './task-state.js';
