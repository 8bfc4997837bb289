export * from './job.js';
export * from './located.js';
export * from './mapped.js';
