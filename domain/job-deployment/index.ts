export * from './due.js';
export * from './judgement.js';
